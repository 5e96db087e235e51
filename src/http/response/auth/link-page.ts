// Page for people who open a share link that has ended.

/** Without styles and scripts: the policy of every response forbids them. */
export const ENDED_LINK_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>This link has ended</title>
  </head>
  <body>
    <h1>This link has ended</h1>
    <p>It has expired or was withdrawn. Ask the person who sent it for a new one.</p>
  </body>
</html>
`
