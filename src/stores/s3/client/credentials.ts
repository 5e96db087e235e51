// Credentials of the bucket: static keys, else whatever the AWS provider chain finds on this machine.

import { storeUnavailable } from './failures.ts'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  /** Of temporary credentials. */
  sessionToken?: string
}

/** Returns credentials that are valid now. @throws TintypeError `store_unavailable` where there are none */
export type CredentialSource = () => Promise<Credentials>

/**
 * @param fixed static keys. @default the AWS provider chain: environment, shared files, container and instance roles, web
 *   identity. It renews credentials that expire. Loading it takes 0.2 s, so only where it is needed
 */
export const createCredentialSource = (fixed?: Credentials): CredentialSource => {
  if (fixed) return () => Promise.resolve(fixed)
  let loading: Promise<CredentialSource> | undefined
  return async () => {
    loading ??= loadChain()
    try {
      return await (await loading)()
    } catch (error) {
      throw storeUnavailable(
        'No credentials for the bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role.',
        error,
      )
    }
  }
}

const loadChain = async (): Promise<CredentialSource> => {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  return fromNodeProviderChain()
}
