// Types of the client, generated from the OpenAPI document.

import openapiTS, { astToString } from 'openapi-typescript'
import ts from './typescript.ts'

const HEADER = `// Types of the API, generated from openapi.yaml by openapi-typescript (\`npm run docs\`). Not edited by hand.

`

/** Source of src/client/schema.ts. @param yaml an OpenAPI 3.1 document */
export const clientTypes = async (yaml: string): Promise<string> => {
  const nodes = await openapiTS(yaml, {
    alphabetize: false,
    emptyObjectsUnknown: true,
    transform: ({ format }) => (format === 'binary' ? ts.factory.createTypeReferenceNode('Blob') : undefined),
  })
  return HEADER + astToString(nodes)
}
