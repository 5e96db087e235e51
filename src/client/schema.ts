// Types of the API, generated from openapi.yaml by openapi-typescript (`npm run docs`). Not edited by hand.

export interface paths {
    "/projects/{project_id}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the images of a project
         * @description In upload order, unless `image_order` of the project was set, or another order is requested. Without `limit`, all images. Other parameters are refused.
         */
        get: operations["listImages"];
        put?: never;
        /**
         * Upload an image
         * @description Stores the image and its four variants. The first upload creates the project, and its image becomes the cover.
         */
        post: operations["uploadImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/images/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload many images
         * @description Stores many files, each as an upload of its own: one that is refused harms no other. The images have the order of the files. With `Idempotency-Key` the request can be repeated, also after a part of it was stored: the key counts for each file by its index. The answer is 200 as soon as one file has an outcome, also where the rest could not be received (`problem`). With `Prefer: respond-async` each file is accepted as a job of one batch, and the answer is 202; images are added as their jobs end, in any order.
         */
        post: operations["uploadImages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/images/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an image
         * @description One variant as stored, or rendered in another format. It never changes and may be cached for ever.
         */
        get: operations["readImage"];
        put?: never;
        post?: never;
        /**
         * Delete an image
         * @description Deletes the image and its files. If it was the cover, the next image becomes the cover.
         */
        delete: operations["deleteImage"];
        options?: never;
        head?: never;
        /**
         * Edit an image: name, title, alternative text, tags, focal point
         * @description Changes the given members and no others; null removes one.
         */
        patch: operations["editImage"];
        trace?: never;
    };
    "/projects/{project_id}/images/{image_id}/{size}.{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an image by a URL with a file extension
         * @description For CDNs and game loaders that need an extension. Otherwise as without one.
         */
        get: operations["readImageFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/images/{image_id}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an image in any size, crop and format
         * @description Rendered from the original at the first request, then cached. At most 4096 pixels a side; a picture is enlarged at most twice (16 times with `kernel=nearest`), a larger box becomes a smaller one of the same shape. Requires a signature, or a preset with nothing beside it but a signature. `w` and `h` times `dpr` may be that limit at most; `attention` and `entropy` exclude `contain`. The order of the parameters and explicit defaults make no difference; each parameter may occur once, and there are no others.
         */
        get: operations["renderImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/images/{image_id}/render.{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an image in any size and crop by a URL with a file extension
         * @description For game loaders that need an extension. It decides the format, also in place of that of a preset; a `format` beside it must be the same. Otherwise as without one; `/render.webp?w=640` and `/render?w=640&format=webp` have the same signature.
         */
        get: operations["renderImageFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the cover of a project
         * @description The `thumb` of the primary image. The URL stays the same when the cover changes.
         */
        get: operations["readThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/cover.{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the cover of a project in any variant
         * @description The primary image. The URL stays the same when the cover changes.
         */
        get: operations["readCover"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/images/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete several images in one change
         * @description Deletes up to 1000 images and their files. Ids that are not in the project are skipped and returned in `missing`, so that repeating the request is safe. If the cover was deleted, the next remaining image becomes the cover.
         */
        post: operations["deleteImages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/primary/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set the cover */
        put: operations["setPrimaryImage"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/assets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Upload an image under a name, or replace it
         * @description The image takes the place of the one that had the name, in one change: its position, the cover, title, alternative text, tags and focal point, as far as the upload brings none. The image before it is deleted. The same file again changes nothing. Otherwise as an upload. `If-Match` takes the `ETag` of a picture of the asset, or of the list of assets; `If-None-Match: *` requires that the name is free.
         */
        put: operations["putAsset"];
        post?: never;
        /**
         * Delete an asset and its image
         * @description The name is then free. `If-Match` takes the `ETag` of a picture of the asset, or of the list of assets; `If-None-Match: *` requires that the name is free.
         */
        delete: operations["deleteAsset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the assets of a project
         * @description Sorted by name. Without `limit`, all assets.
         */
        get: operations["listAssets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/assets/{name}.{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an asset
         * @description The URL stays the same when the asset is replaced; caches revalidate it.
         */
        get: operations["readAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/assets/{name}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an asset in any size, crop and format
         * @description As the transform of an image, with the same rules and signatures, of the picture of the asset at present.
         */
        get: operations["renderAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/assets/{name}/render.{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an asset in any size and crop by a URL with a file extension
         * @description The extension decides the format.
         */
        get: operations["renderAssetFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/source/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a picture from the bucket of the project
         * @description The object below the `source` of the project, which an admin sets. It is imported at its first request, whatever format of picture it has, and again when it has changed, which is checked at most once a minute. With `size` and `format` a stored variant; with `preset`, `w`, `h` or any other parameter of a transform a render, by the same rules and signatures. A key that the bucket has not is answered 404 for a minute.
         */
        get: operations["readSourcePicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs
         * @description Newest first. Finished jobs are kept `JOB_DAYS` days. A job belongs to the key or user that sent the upload; admins see all. Others are answered 404.
         */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a job, or wait for it
         * @description A job belongs to the key or user that sent the upload; admins see all. Others are answered 404.
         */
        get: operations["readJob"];
        put?: never;
        post?: never;
        /**
         * Cancel a job that waits
         * @description A job that runs or has ended is answered 409.
         */
        delete: operations["cancelJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed job again
         * @description Its image gets another id. A job that has not failed is answered 409.
         */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the image of a job
         * @description Its `thumb`. Before the job has succeeded 404, with its `state`.
         */
        get: operations["readJobThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batches/{batch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a batch of jobs
         * @description The jobs of one bulk upload (`Prefer: respond-async`), counted by state. A batch is kept as long as one of its jobs, and at least `JOB_DAYS` days. It belongs to the key or user that sent the upload; admins see all. Others are answered 404.
         */
        get: operations["readBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the projects
         * @description In pages: for a user, own projects and those shared with the user; for a key, the projects of the key; without credentials, public projects. The list ends where `next` is null. What another worker has just created, shared or changed may be missing, or at its earlier place, for a second. While every project is read once, after the first start of a large store, other orders than `id`, searches and tags are answered 503 (`busy`).
         */
        get: operations["listProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a project */
        get: operations["readProject"];
        /**
         * Create a project before its first upload
         * @description For callers that may upload to it. Repeating the request is safe: an existing project that has the given title, tags and visibility is answered 200, one that differs 409; PATCH changes it. The body may be missing.
         */
        put: operations["createProject"];
        post?: never;
        /** Delete a project and all its images */
        delete: operations["deleteProject"];
        options?: never;
        head?: never;
        /**
         * Edit a project: title, tags, order of the images, visibility, members, source
         * @description Changes the given members and no others. Visibility and members are for the owner and admins, the source for admins.
         */
        patch: operations["editProject"];
        trace?: never;
    };
    "/projects/{project_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download all images of a project as a ZIP file
         * @description One size of every image, uncompressed. An image is named by its asset, else by its `name`, else by its id. The length is known from the start; where an image is deleted while it is sent, the connection is closed before its end. Ranges are not supported. Other parameters are refused.
         */
        get: operations["readArchive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/manifest.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the manifest of a project: the URL of every picture by name
         * @description For game engines and service workers. A picture is named by its asset, else by its id; its URL is that of the image, and changes when the asset is replaced. In the answer to a signed request of a private project, every URL is signed and ends when the request does; to a request with credentials, the URLs are plain and need credentials as well. Other parameters are refused.
         */
        get: operations["readManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the owner and the members, with name and address
         * @description For the owner and admins.
         */
        get: operations["listMembers"];
        /**
         * Add a member by e-mail, or change its role
         * @description For the owner and admins, at most 60 times an hour, because the answer tells whether the address has an account here. PATCH of the project edits and removes members by their ids.
         */
        put: operations["addMember"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the share links that are valid
         * @description For callers that may change the project. Oldest first, without their addresses.
         */
        get: operations["listLinks"];
        put?: never;
        /**
         * Create a share link
         * @description For callers that may change the project. Its address lets everyone who has it read the project, or one image of it, and with `upload` add pictures, until it expires or is revoked. At most 100 links of a project are valid at a time.
         */
        post: operations["createLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a share link
         * @description For callers that may change the project. It ends at once, also for those who have opened it.
         */
        delete: operations["revokeLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a share link
         * @description Sets a cookie by which the routes of the project answer as far as the link allows, and is sent to no other. Requests other than GET also need the header `X-CSRF-Token`, of any value. A browser (`Accept: text/html`) is led to the page of the project in the gallery, or to the picture; without the gallery, to the project or the picture.
         */
        get: operations["openLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/atlas.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All images of a project as one picture, for games
         * @description The frames of the images in the JSON form that Phaser (`load.atlas`) and Pixi (`Assets.load`) read. A frame is named by the asset of its image, else by the id of the image. It keeps its page and place for as long as its image is in the project. Each frame is surrounded by its own pixels, so that nothing bleeds into it. Other parameters are refused.
         */
        get: operations["readAtlas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/atlas/{index}.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The frames of a further page of an atlas
         * @description Named by `related_multi_packs` of the first one, and requested with the same query.
         */
        get: operations["readAtlasPart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/atlas/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of an atlas
         * @description Its name, from `meta.image`, contains the revision of the places and a hash of the content: the page never changes. One that was replaced in the last hour can still be requested: where it is not cached any more, the page that follows it is sent, in which the remaining frames have the same places. Any query is ignored, as Pixi appends that of the document.
         */
        get: operations["readAtlasPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atlas.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The covers of several projects as one picture, for games
         * @description As the atlas of a project, with the cover of each project as a frame that is named by the id of the project. The places follow from the order of the projects; nothing of them is stored. Where no project is shown, there is one page of one transparent pixel. Other parameters are refused.
         */
        get: operations["readCoversAtlas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atlas/{projects}/{index}.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The covers on a further page
         * @description Named by `related_multi_packs` of the first document, and requested with the same query.
         */
        get: operations["readCoversAtlasPart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atlas/{projects}/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of covers
         * @description Its name, from `meta.image`, contains a hash of the content: the page never changes. Where a cover was replaced, the new cover is in its place. Any query is ignored, as Pixi appends that of the document.
         */
        get: operations["readCoversAtlasPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the collections
         * @description In pages, sorted by name: for a user, own collections and those shared with the user; for a key, all; without credentials, public ones. The list ends where `next` is null.
         */
        get: operations["listCollections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a collection: its projects with their covers
         * @description Projects that do not exist and those that the caller may not see are left out. Share links show nothing more here.
         */
        get: operations["readCollection"];
        /**
         * Create a collection, or replace its list of projects or its query
         * @description For users, and for keys that are not for single projects. A user that creates a collection owns it; its editors may replace the list or query, and the owner and admins visibility and members. Repeating the request is safe. Projects stay in the list while they are away or not visible. A query selects at any time, of the projects in the list of the owner (without an owner, of all), those with its tag; a caller sees the first 2,000 by id that it may read, or as many as the settings allow in an atlas.
         */
        put: operations["putCollection"];
        post?: never;
        /** Delete a collection, and none of its projects */
        delete: operations["deleteCollection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Wait until a collection looks different
         * @description Answers as soon as a GET of the collection has another ETag than `since`, for this caller: a project or a cover has come, gone or changed. Else at the end of `wait`.
         */
        get: operations["readCollectionChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}/atlas.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The covers of a collection as one picture, for games
         * @description As the atlas of a project, with the cover of each project as a frame that is named by the id of the project. It keeps its page and place for as long as the caller sees the project in the collection.
         */
        get: operations["readCollectionAtlas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}/atlas/{index}.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The covers on a further page
         * @description Named by `related_multi_packs` of the first document, and requested with the same query.
         */
        get: operations["readCollectionAtlasPart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection}/atlas/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of the covers of a collection
         * @description Its name, from `meta.image`, contains a hash of the content: the page never changes. Where covers were replaced since, the page as it is now is sent, in which the remaining frames have the same places. Any query is ignored.
         */
        get: operations["readCollectionAtlasPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List own webhooks; for admins, all */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description For one project, by its owner or an admin; for all projects, by an admin. At most 20 of each user and key. It gets the events of changes from now on: signed messages (Standard Webhooks), at least once, in order per project.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a webhook */
        get: operations["readWebhook"];
        put?: never;
        post?: never;
        /** Delete a webhook */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change the URL or the events of a webhook, switch it on or off
         * @description Changes the given members and no others. Switched on, it goes on where it ended. Where its creator has lost the right to it, an admin who switches it on takes it over.
         */
        patch: operations["editWebhook"];
        trace?: never;
    };
    "/webhooks/{webhook_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook a new secret
         * @description The secret before it stays valid for a day, in which messages are signed with both.
         */
        post: operations["rotateWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message now
         * @description Its type is `webhook.test`. Answered when the receiver has answered, after ten seconds at most.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the last 100 deliveries of a webhook
         * @description Each is one attempt, newest first.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the message of a delivery again now
         * @description With the same `webhook-id`. The position of the webhook does not change.
         */
        post: operations["redeliverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes after a revision, or wait for the next one
         * @description The newest 1,000 revisions are kept, and older ones for 7 days, 100,000 at most. An answer has the events of up to about 1,000 revisions; the next request with `since` goes on. A deletion of the project is the last event.
         */
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the changes of a project (Server-Sent Events)
         * @description Each event has its type as `event:` and an `Event` as `data:`. The last one of a revision has its `id:`, so that a client that comes again misses none. A `reset` says that changes are not kept any more: read the project anew. A comment every 15 s is a sign of life. The stream ends after the deletion of the project, and where access to it is lost.
         */
        get: operations["followProject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the changes of several projects (Server-Sent Events)
         * @description Each event has its type as `event:` and an `Event` as `data:`. The last one of a revision has its `id:`, so that a client that comes again misses none. A `reset` says that changes are not kept any more: read the project anew. A comment every 15 s is a sign of life. The `id:` has a revision for each of `projects`, in their order, joined by `.`; 0 for an absent one. Events of one project are in order, those of different ones need not be. The stream ends where access to a project is lost.
         */
        get: operations["followProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the ways to sign in
         * @description For forms: what is offered here. It tells nothing of any account.
         */
        get: operations["signInOptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an account and sign in
         * @description If the server allows registration to all, or by invitation (`REGISTRATION`).
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description The response is the same for an unknown e-mail address, a wrong password and a disabled account.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew a session
         * @description A refresh token is valid once, for 30 days. For 10 seconds after its use it gives the same next token again, as tabs of one browser need; later, its reuse ends the session, because the token may be stolen.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session and its access token at once. The response is the same for a session that has ended.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign in by the identity provider
         * @description For browsers: leads to the provider (`OIDC_ISSUER`), which leads back to `/auth/oidc/callback`. Where the gallery is served and `Accept` names `text/html`, an error that concerns the person is answered 303 too, to `/?sign-in=<code>`.
         */
        get: operations["signInByProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finish a sign-in by the identity provider
         * @description The provider leads the browser here. Counts as an attempt to sign in. Where the gallery is served and `Accept` names `text/html`, an error that concerns the person is answered 303 too, to `/?sign-in=<code>`.
         */
        get: operations["finishSignInByProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the principal of the request */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password
         * @description Ends all sessions of the user and starts a new one.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/forgotten-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a link for a new password
         * @description If the server sends mail (`SMTP_URL`). The answer is the same for every address, and comes before the account is looked up. The link leads to `#reset=<token>` of `PUBLIC_URL`, and works once within an hour. An address gets at most three mails an hour, in English or German by `Accept-Language`.
         */
        post: operations["forgottenPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by the token of a mail
         * @description Ends all sessions of the user. A token works once; a change of the password ends all that were sent before.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Liveness of the server */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readiness of the server
         * @description For uploads and all else; where the store is read-only (`read_only`), for reading alone.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Sum of all workers in the text format of Prometheus. If the server requires authentication, a key with the role `admin` is needed.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This documentation as a page (Swagger UI) */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["openApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        UploadedImage: {
            /**
             * @description 20 characters of 0-9 a-z; never reused.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            image_id: string;
            /** @example cosmic-drift */
            project_id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * @description Whether the image is the cover.
             * @example true
             */
            is_primary: boolean;
            /**
             * @description Pixels of the original as displayed.
             * @example 2400
             */
            width: number;
            /** @example 1800 */
            height: number;
            /**
             * @description ThumbHash in base64, to show while the image loads. Null for images stored by an older version.
             * @example 1DgGDoILwErCm5rIrIpnWomdCMOqYKs=
             */
            placeholder: string | null;
            /**
             * @description Dominant colour. Null for images stored by an older version.
             * @example #5c6f83
             */
            color: string | null;
            /**
             * @description Name of the uploaded file, cleaned, at most 255 bytes. Null if there is none.
             * @example harbour.jpg
             */
            name: string | null;
            /** @example The harbour at dawn */
            title: string | null;
            /**
             * @description Alternative text. Null if it is not set; empty for a picture that is only decoration.
             * @example Three fishing boats at a quay in the morning mist
             */
            alt: string | null;
            /**
             * @example [
             *       "harbour",
             *       "dawn"
             *     ]
             */
            tags: string[];
            /**
             * @description Point that a crop keeps in view, from 0,0 (top left) to 1,1 (bottom right). Null if it is not set.
             * @example {
             *       "x": 0.3,
             *       "y": 0.6
             *     }
             */
            focal_point: {
                x: number;
                y: number;
            } | null;
            /**
             * @description Name of the asset that the image is at present; null for none.
             * @example null
             */
            asset: string | null;
            /**
             * @description Whether the source of the image has pixels that are not opaque. Its JPEG files show a background there.
             * @example false
             */
            transparent: boolean;
            /**
             * @description When the photo was taken, by its EXIF data: ISO 8601 in the time of that place, with the offset from UTC if EXIF has one. Null if EXIF has no date, or none that exists.
             * @example 2026-05-03T07:12:45+02:00
             */
            taken_at: string | null;
            sizes: components["schemas"]["Sizes"];
            urls: components["schemas"]["Urls"];
            files: components["schemas"]["Files"];
            /**
             * @description Value of `srcset` of an `<img>`: `thumb`, `medium` and the presets that keep the whole picture, its shape and at most its size, each with its width.
             * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb 400w, /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=medium 1600w
             */
            srcset: string;
            presets: components["schemas"]["PresetUrls"];
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /**
             * @description Present if the project already had the file and nothing was stored (`?dedupe=true`).
             * @enum {boolean}
             */
            deduplicated?: true;
            /**
             * @description Names of text fields of the form that have no meaning here, 20 at most. Absent if there are none.
             * @example [
             *       "relativePath"
             *     ]
             */
            ignored_fields?: string[];
        };
        /**
         * @description `source` is the lossless PNG file that renders are made from, where the image has one.
         * @example {
         *       "original": {
         *         "width": 2400,
         *         "height": 1800,
         *         "bytes": 1482113
         *       },
         *       "medium": {
         *         "width": 1600,
         *         "height": 1200,
         *         "bytes": 401877
         *       },
         *       "thumb": {
         *         "width": 400,
         *         "height": 300,
         *         "bytes": 28412
         *       },
         *       "game": {
         *         "width": 50,
         *         "height": 50,
         *         "bytes": 1630
         *       }
         *     }
         */
        Sizes: {
            original: components["schemas"]["Variant"];
            medium: components["schemas"]["Variant"];
            thumb: components["schemas"]["Variant"];
            game: components["schemas"]["Variant"];
            source?: components["schemas"]["Variant"];
        };
        /** @description A stored variant: pixels as displayed and length of the file. */
        Variant: {
            width: number;
            height: number;
            bytes: number;
        };
        /**
         * @example {
         *       "original": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=original",
         *       "medium": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=medium",
         *       "thumb": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb",
         *       "game": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=game"
         *     }
         */
        Urls: {
            original: string;
            medium: string;
            thumb: string;
            game: string;
        };
        /**
         * @description URLs with an extension, for game loaders: `files.thumb.webp`. JPEG is stored; the others are rendered at the first request.
         * @example {
         *       "original": {
         *         "avif": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/original.avif",
         *         "webp": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/original.webp",
         *         "png": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/original.png",
         *         "jpg": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/original.jpg"
         *       },
         *       "medium": {
         *         "avif": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/medium.avif",
         *         "webp": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/medium.webp",
         *         "png": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/medium.png",
         *         "jpg": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/medium.jpg"
         *       },
         *       "thumb": {
         *         "avif": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/thumb.avif",
         *         "webp": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/thumb.webp",
         *         "png": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/thumb.png",
         *         "jpg": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/thumb.jpg"
         *       },
         *       "game": {
         *         "avif": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/game.avif",
         *         "webp": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/game.webp",
         *         "png": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/game.png",
         *         "jpg": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/game.jpg"
         *       }
         *     }
         */
        Files: {
            original: {
                avif: string;
                webp: string;
                png: string;
                jpg: string;
            };
            medium: {
                avif: string;
                webp: string;
                png: string;
                jpg: string;
            };
            thumb: {
                avif: string;
                webp: string;
                png: string;
                jpg: string;
            };
            game: {
                avif: string;
                webp: string;
                png: string;
                jpg: string;
            };
        };
        /**
         * @description Presets of the server by name, with the resulting size for this image. `file` is a URL with an extension: of the format of the preset, of WebP for `auto`.
         * @example {
         *       "card": {
         *         "url": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/render?preset=card",
         *         "file": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/render.jpg?preset=card",
         *         "width": 320,
         *         "height": 180
         *       }
         *     }
         */
        PresetUrls: {
            [key: string]: {
                url: string;
                file: string;
                width: number;
                height: number;
            };
        };
        Job: {
            /** @example 0mobk2v5c4hq9x7m2p8s1d6w */
            job_id: string;
            /** @enum {string} */
            kind: "upload";
            /**
             * @description `queued` also between two attempts. The last three states are final, but for a retry.
             * @example succeeded
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Id of the image, known from the start. Another one after a retry, and where an image of the project answers the upload (`dedupe=true`).
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            image_id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Begin of the last attempt; null before the first one.
             * @example 2026-05-04T09:30:00.000Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            finished_at: string | null;
            /**
             * @description Attempts that were begun.
             * @example 1
             */
            attempts: number;
            problem: components["schemas"]["Problem"];
            /**
             * @description URLs. Those of the pictures are answered 404 before the job has succeeded.
             * @example {
             *       "self": "/jobs/0mobk2v5c4hq9x7m2p8s1d6w",
             *       "image": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y",
             *       "thumbnail": "/jobs/0mobk2v5c4hq9x7m2p8s1d6w/thumbnail"
             *     }
             */
            links: {
                self: string;
                image: string;
                thumbnail: string;
            };
        };
        /** @description Why the job has failed: the problem of an upload that is waited for. Else null. */
        Problem: ({
            /**
             * @description Identifier of the code.
             * @example urn:tintype:problem:image_not_found
             */
            type: string;
            /** @description Summary of the code; constant. */
            title: string;
            status: number;
            /** @description What was expected and what arrived. */
            detail: string;
            /**
             * @description Stable identifier of the error, for programs.
             * @enum {string}
             */
            code: "malformed_request" | "invalid_project_id" | "invalid_parameter" | "invalid_body" | "malformed_multipart" | "malformed_archive" | "file_missing" | "wrong_field" | "too_many_files" | "upload_aborted" | "wrong_credentials" | "unauthenticated" | "forbidden" | "registration_closed" | "invite_invalid" | "password_reset_closed" | "reset_token_invalid" | "identity_without_email" | "account_disabled" | "oidc_denied" | "oidc_state" | "oidc_failed" | "csrf" | "unexpected_host" | "signature_required" | "signature_invalid" | "signature_expired" | "route_not_found" | "oidc_not_configured" | "project_not_found" | "collection_not_found" | "image_not_found" | "asset_not_found" | "object_not_found" | "page_not_found" | "job_not_found" | "batch_not_found" | "job_without_image" | "link_not_found" | "webhook_not_found" | "delivery_not_found" | "no_primary_image" | "method_not_allowed" | "request_timeout" | "idempotency_running" | "job_conflict" | "email_taken" | "project_exists" | "too_many_links" | "too_many_webhooks" | "webhook_of_settings" | "precondition_failed" | "upload_too_large" | "too_many_pixels" | "multipart_required" | "not_an_image" | "unsupported_image_type" | "unsupported_image_layout" | "range_not_satisfiable" | "expectation_failed" | "empty_file" | "unreadable_entry" | "damaged_image" | "image_too_slow" | "too_many_images" | "no_such_account" | "idempotency_conflict" | "rate_limited" | "headers_too_large" | "client_gone" | "internal" | "project_damaged" | "busy" | "encoder_failed" | "read_only" | "store_unavailable" | "issuer_unavailable" | "oidc_unavailable" | "source_unavailable" | "shutting_down" | "storage_full" | "quota_exceeded";
            /** @description `X-Request-Id` of the response, under which the server logged the error. */
            request_id?: string;
        } & {
            [key: string]: unknown;
        }) | null;
        BulkUpload: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Number of files of status 201.
             * @example 1
             */
            stored: number;
            /**
             * @description Number of files of status 200.
             * @example 0
             */
            existing: number;
            /**
             * @description Number of files of status 204.
             * @example 0
             */
            skipped: number;
            /**
             * @description Number of files with a problem.
             * @example 0
             */
            failed: number;
            /** @description One for each file, in the order of the request. */
            results: components["schemas"]["BulkResult"][];
            problem?: components["schemas"]["Problem"] & unknown;
            /**
             * @description Names of text fields of the form that have no meaning here, 20 at most. Absent if there are none.
             * @example [
             *       "relativePath"
             *     ]
             */
            ignored_fields?: string[];
        };
        /** @description Outcome of one file: `image`, `job`, `problem` or `skipped`. */
        BulkResult: {
            /** @description Place of the file in the request, from 0. */
            index: number;
            /**
             * @description Name of the file, cleaned. Null if it has none.
             * @example harbour.jpg
             */
            name: string | null;
            /**
             * @description Status of the answer that an upload of this file alone would have: 201 stored, 200 existing image (`?dedupe=true`), 202 accepted as a job (`Prefer: respond-async`), else that of the problem. 204: passed over.
             * @example 201
             */
            status: number;
            image?: components["schemas"]["UploadedImage"];
            job?: components["schemas"]["Job"];
            /**
             * @description Present if the file was stored or accepted by an earlier request with this `Idempotency-Key`.
             * @enum {boolean}
             */
            replayed?: true;
            /**
             * @description Why a file of an archive was passed over: a hidden one (`.DS_Store`, `__MACOSX`), or a link, a device or a pipe.
             * @enum {string}
             */
            skipped?: "hidden" | "not_a_file";
            problem?: components["schemas"]["Problem"] & unknown;
        };
        /** @description The batch, and an outcome for each file. */
        AcceptedBulkUpload: {
            /** @example 0mobk2v5d4hq9x7t3n5r9c1b */
            batch_id: string;
            /** @example cosmic-drift */
            project_id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /** @description Numbers of jobs by state. */
            counts: {
                /**
                 * @description All jobs of the batch, also those that were removed.
                 * @example 2
                 */
                total: number;
                /** @example 0 */
                queued: number;
                /** @example 1 */
                running: number;
                /** @example 1 */
                succeeded: number;
                /** @example 0 */
                failed: number;
                /** @example 0 */
                cancelled: number;
            };
            /** @description The jobs, in the order of their files. A file that was refused has none. */
            jobs: {
                /**
                 * @description See `GET /jobs/{job_id}`.
                 * @example 0mobk2v5c4hq9x7m2p8s1d6w
                 */
                job_id: string;
                /**
                 * @description Null for a job that was removed, `JOB_DAYS` days after its end.
                 * @example succeeded
                 * @enum {string|null}
                 */
                state: "queued" | "running" | "succeeded" | "failed" | "cancelled" | null;
            }[];
            /**
             * @description URL of the batch.
             * @example {
             *       "self": "/batches/0mobk2v5d4hq9x7t3n5r9c1b"
             *     }
             */
            links: {
                self: string;
            };
            /**
             * @description Number of files of status 202.
             * @example 1
             */
            accepted: number;
            /**
             * @description Number of files of status 200.
             * @example 0
             */
            existing: number;
            /**
             * @description Number of files of status 204.
             * @example 0
             */
            skipped: number;
            /**
             * @description Number of files with a problem.
             * @example 0
             */
            failed: number;
            /** @description One for each file, in the order of the request. */
            results: components["schemas"]["BulkResult"][];
            problem?: components["schemas"]["Problem"] & unknown;
            /**
             * @description Names of text fields of the form that have no meaning here, 20 at most. Absent if there are none.
             * @example [
             *       "relativePath"
             *     ]
             */
            ignored_fields?: string[];
        };
        ImageList: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Id of the cover; null if the project has no image.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            primary_image_id: string | null;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            images: components["schemas"]["ListedImage"][];
            /**
             * @description URL of the next page of images; null on the last page.
             * @example null
             */
            next: string | null;
            /** @description Images of jobs that have not ended; only with `pending=true`, on the last page. */
            pending?: {
                /** @example 4f0z6k1m9q2w8e5r7t3y */
                id: string;
                /**
                 * Format: date-time
                 * @example 2026-05-04T09:30:00.000Z
                 */
                created_at: string;
            }[];
        };
        ListedImage: {
            /**
             * @description 20 characters of 0-9 a-z; never reused.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * @description Whether the image is the cover.
             * @example true
             */
            is_primary: boolean;
            /**
             * @description Pixels of the original as displayed.
             * @example 2400
             */
            width: number;
            /** @example 1800 */
            height: number;
            /**
             * @description ThumbHash in base64, to show while the image loads. Null for images stored by an older version.
             * @example 1DgGDoILwErCm5rIrIpnWomdCMOqYKs=
             */
            placeholder: string | null;
            /**
             * @description Dominant colour. Null for images stored by an older version.
             * @example #5c6f83
             */
            color: string | null;
            /**
             * @description Name of the uploaded file, cleaned, at most 255 bytes. Null if there is none.
             * @example harbour.jpg
             */
            name: string | null;
            /** @example The harbour at dawn */
            title: string | null;
            /**
             * @description Alternative text. Null if it is not set; empty for a picture that is only decoration.
             * @example Three fishing boats at a quay in the morning mist
             */
            alt: string | null;
            /**
             * @example [
             *       "harbour",
             *       "dawn"
             *     ]
             */
            tags: string[];
            /**
             * @description Point that a crop keeps in view, from 0,0 (top left) to 1,1 (bottom right). Null if it is not set.
             * @example {
             *       "x": 0.3,
             *       "y": 0.6
             *     }
             */
            focal_point: {
                x: number;
                y: number;
            } | null;
            /**
             * @description Name of the asset that the image is at present; null for none.
             * @example null
             */
            asset: string | null;
            /**
             * @description Whether the source of the image has pixels that are not opaque. Its JPEG files show a background there.
             * @example false
             */
            transparent: boolean;
            /**
             * @description When the photo was taken, by its EXIF data: ISO 8601 in the time of that place, with the offset from UTC if EXIF has one. Null if EXIF has no date, or none that exists.
             * @example 2026-05-03T07:12:45+02:00
             */
            taken_at: string | null;
            sizes: components["schemas"]["Sizes"];
            urls: components["schemas"]["Urls"];
            files: components["schemas"]["Files"];
            /**
             * @description Value of `srcset` of an `<img>`: `thumb`, `medium` and the presets that keep the whole picture, its shape and at most its size, each with its width.
             * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb 400w, /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=medium 1600w
             */
            srcset: string;
            presets: components["schemas"]["PresetUrls"];
            sha256?: components["schemas"]["Hashes"];
        };
        /**
         * @description SHA-256 of the file that was uploaded and of the stored files, in hex. Present with `hashes=true`. A file that a repair has made again may differ.
         * @example {
         *       "upload": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *       "original": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
         *       "medium": "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13",
         *       "thumb": "a4e624d686e03ed2767c0abd85c14426b0b1157d2ce81d27bb4fe4f6f01d688a",
         *       "game": "a140c0c1eda2def2b830363ba362aa4d7d255c262960544821f556e16661b6ff"
         *     }
         */
        Hashes: {
            upload: string;
            original: string;
            medium: string;
            thumb: string;
            game: string;
            source?: string;
        };
        EditedImage: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /**
             * @description 20 characters of 0-9 a-z; never reused.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * @description Whether the image is the cover.
             * @example true
             */
            is_primary: boolean;
            /**
             * @description Pixels of the original as displayed.
             * @example 2400
             */
            width: number;
            /** @example 1800 */
            height: number;
            /**
             * @description ThumbHash in base64, to show while the image loads. Null for images stored by an older version.
             * @example 1DgGDoILwErCm5rIrIpnWomdCMOqYKs=
             */
            placeholder: string | null;
            /**
             * @description Dominant colour. Null for images stored by an older version.
             * @example #5c6f83
             */
            color: string | null;
            /**
             * @description Name of the uploaded file, cleaned, at most 255 bytes. Null if there is none.
             * @example harbour.jpg
             */
            name: string | null;
            /** @example The harbour at dawn */
            title: string | null;
            /**
             * @description Alternative text. Null if it is not set; empty for a picture that is only decoration.
             * @example Three fishing boats at a quay in the morning mist
             */
            alt: string | null;
            /**
             * @example [
             *       "harbour",
             *       "dawn"
             *     ]
             */
            tags: string[];
            /**
             * @description Point that a crop keeps in view, from 0,0 (top left) to 1,1 (bottom right). Null if it is not set.
             * @example {
             *       "x": 0.3,
             *       "y": 0.6
             *     }
             */
            focal_point: {
                x: number;
                y: number;
            } | null;
            /**
             * @description Name of the asset that the image is at present; null for none.
             * @example null
             */
            asset: string | null;
            /**
             * @description Whether the source of the image has pixels that are not opaque. Its JPEG files show a background there.
             * @example false
             */
            transparent: boolean;
            /**
             * @description When the photo was taken, by its EXIF data: ISO 8601 in the time of that place, with the offset from UTC if EXIF has one. Null if EXIF has no date, or none that exists.
             * @example 2026-05-03T07:12:45+02:00
             */
            taken_at: string | null;
            sizes: components["schemas"]["Sizes"];
            urls: components["schemas"]["Urls"];
            files: components["schemas"]["Files"];
            /**
             * @description Value of `srcset` of an `<img>`: `thumb`, `medium` and the presets that keep the whole picture, its shape and at most its size, each with its width.
             * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb 400w, /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=medium 1600w
             */
            srcset: string;
            presets: components["schemas"]["PresetUrls"];
        };
        ImageEdit: {
            /**
             * @description Name of the file. Folders, control characters and marks that reverse text are removed, and a name over 255 bytes is cut before its extension.
             * @example harbour.jpg
             */
            name?: string | null;
            /** @example The harbour at dawn */
            title?: string | null;
            /**
             * @description Alternative text. An empty one says that the picture is only decoration.
             * @example Three fishing boats at a quay in the morning mist
             */
            alt?: string | null;
            /**
             * @description All tags of the image, in place of the former ones, each of 1 to 100 characters. Repeated ones are kept once.
             * @example [
             *       "harbour",
             *       "dawn"
             *     ]
             */
            tags?: string[] | null;
            /**
             * @example {
             *       "x": 0.3,
             *       "y": 0.6
             *     }
             */
            focal_point?: {
                x: number;
                y: number;
            } | null;
        };
        DeletedImage: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Id of the cover; null if the project has no image.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            primary_image_id: string | null;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /**
             * @description Number of deleted images.
             * @example 1
             */
            deleted_images: number;
        };
        DeletedImages: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Id of the cover; null if the project has no image.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            primary_image_id: string | null;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /**
             * @description Number of deleted images.
             * @example 1
             */
            deleted_images: number;
            /**
             * @description Ids that were not in the project.
             * @example []
             */
            missing: string[];
        };
        ImageDeletion: {
            /**
             * @example [
             *       "4f0z6k1m9q2w8e5r7t3y"
             *     ]
             */
            image_ids: string[];
        };
        Primary: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Id of the cover; null if the project has no image.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            primary_image_id: string | null;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
        };
        AssetList: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            assets: components["schemas"]["Asset"][];
            /**
             * @description URL of the next page of assets; null on the last page.
             * @example null
             */
            next: string | null;
        };
        Asset: {
            /** @example ui/button-ok */
            name: string;
            files: components["schemas"]["AssetFiles"];
            image: components["schemas"]["Image"];
        };
        /**
         * @description URLs of the original, which stay the same when the asset is replaced.
         * @example {
         *       "avif": "/projects/cosmic-drift/assets/ui/button-ok.avif",
         *       "webp": "/projects/cosmic-drift/assets/ui/button-ok.webp",
         *       "png": "/projects/cosmic-drift/assets/ui/button-ok.png",
         *       "jpg": "/projects/cosmic-drift/assets/ui/button-ok.jpg"
         *     }
         */
        AssetFiles: {
            avif: string;
            webp: string;
            png: string;
            jpg: string;
        };
        Image: {
            /**
             * @description 20 characters of 0-9 a-z; never reused.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * @description Whether the image is the cover.
             * @example true
             */
            is_primary: boolean;
            /**
             * @description Pixels of the original as displayed.
             * @example 2400
             */
            width: number;
            /** @example 1800 */
            height: number;
            /**
             * @description ThumbHash in base64, to show while the image loads. Null for images stored by an older version.
             * @example 1DgGDoILwErCm5rIrIpnWomdCMOqYKs=
             */
            placeholder: string | null;
            /**
             * @description Dominant colour. Null for images stored by an older version.
             * @example #5c6f83
             */
            color: string | null;
            /**
             * @description Name of the uploaded file, cleaned, at most 255 bytes. Null if there is none.
             * @example harbour.jpg
             */
            name: string | null;
            /** @example The harbour at dawn */
            title: string | null;
            /**
             * @description Alternative text. Null if it is not set; empty for a picture that is only decoration.
             * @example Three fishing boats at a quay in the morning mist
             */
            alt: string | null;
            /**
             * @example [
             *       "harbour",
             *       "dawn"
             *     ]
             */
            tags: string[];
            /**
             * @description Point that a crop keeps in view, from 0,0 (top left) to 1,1 (bottom right). Null if it is not set.
             * @example {
             *       "x": 0.3,
             *       "y": 0.6
             *     }
             */
            focal_point: {
                x: number;
                y: number;
            } | null;
            /**
             * @description Name of the asset that the image is at present; null for none.
             * @example null
             */
            asset: string | null;
            /**
             * @description Whether the source of the image has pixels that are not opaque. Its JPEG files show a background there.
             * @example false
             */
            transparent: boolean;
            /**
             * @description When the photo was taken, by its EXIF data: ISO 8601 in the time of that place, with the offset from UTC if EXIF has one. Null if EXIF has no date, or none that exists.
             * @example 2026-05-03T07:12:45+02:00
             */
            taken_at: string | null;
            sizes: components["schemas"]["Sizes"];
            urls: components["schemas"]["Urls"];
            files: components["schemas"]["Files"];
            /**
             * @description Value of `srcset` of an `<img>`: `thumb`, `medium` and the presets that keep the whole picture, its shape and at most its size, each with its width.
             * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb 400w, /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=medium 1600w
             */
            srcset: string;
            presets: components["schemas"]["PresetUrls"];
        };
        JobList: {
            jobs: components["schemas"]["Job"][];
            /**
             * @description URL of the next page of jobs; null on the last page.
             * @example null
             */
            next: string | null;
        };
        Batch: {
            /** @example 0mobk2v5d4hq9x7t3n5r9c1b */
            batch_id: string;
            /** @example cosmic-drift */
            project_id: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /** @description Numbers of jobs by state. */
            counts: {
                /**
                 * @description All jobs of the batch, also those that were removed.
                 * @example 2
                 */
                total: number;
                /** @example 0 */
                queued: number;
                /** @example 1 */
                running: number;
                /** @example 1 */
                succeeded: number;
                /** @example 0 */
                failed: number;
                /** @example 0 */
                cancelled: number;
            };
            /** @description The jobs, in the order of their files. A file that was refused has none. */
            jobs: {
                /**
                 * @description See `GET /jobs/{job_id}`.
                 * @example 0mobk2v5c4hq9x7m2p8s1d6w
                 */
                job_id: string;
                /**
                 * @description Null for a job that was removed, `JOB_DAYS` days after its end.
                 * @example succeeded
                 * @enum {string|null}
                 */
                state: "queued" | "running" | "succeeded" | "failed" | "cancelled" | null;
            }[];
            /**
             * @description URL of the batch.
             * @example {
             *       "self": "/batches/0mobk2v5d4hq9x7t3n5r9c1b"
             *     }
             */
            links: {
                self: string;
            };
        };
        ProjectList: {
            projects: components["schemas"]["Project"][];
            /**
             * @description URL of the next page of projects; null on the last page.
             * @example null
             */
            next: string | null;
        };
        Project: {
            /** @example cosmic-drift */
            project_id: string;
            /** @example Cosmic Drift */
            title: string | null;
            /**
             * @example [
             *       "space",
             *       "strategy"
             *     ]
             */
            tags: string[];
            /**
             * @description URL of the thumb of the primary image. It changes with the cover and may be cached for ever.
             * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb
             */
            cover_url: string | null;
            cover: components["schemas"]["Cover"];
            /** @example 12 */
            image_count: number;
            /**
             * @description Id of the cover; null if the project has no image.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            primary_image_id: string | null;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            updated_at: string;
            /**
             * @description A public project is readable by all, a private one by its owner, members and admins.
             * @example public
             * @enum {string}
             */
            visibility: "public" | "private";
            /**
             * @description What the caller may do in the project, each including those before it: `read` it, `upload` images by a share link, `write` (add, edit, order and delete images), `manage` (members, visibility, deletion).
             * @example read
             * @enum {string}
             */
            permission: "read" | "upload" | "write" | "manage";
            /**
             * @description User id of the owner; null if there is none. Present for principals that may manage the project.
             * @example null
             */
            owner_id?: string | null;
            /**
             * @description Roles of the members by user id. Present for principals that may manage the project.
             * @example {
             *       "7d2m9x0c4v8b6n1q5w3z": "viewer"
             *     }
             */
            members?: {
                [key: string]: "viewer" | "editor";
            };
            /**
             * @description Prefix in a bucket whose pictures `/source/{key}` shows; null if there is none. Present for principals that may manage the project.
             * @example null
             */
            source?: string | null;
            /** @description The share link that the request holds the cookie of, and what it allows. */
            link?: {
                id: string;
                upload: boolean;
                download: boolean;
                /**
                 * Format: date-time
                 * @example 2026-05-04T09:30:00.000Z
                 */
                expires: string;
            };
        };
        /** @description The cover with its URLs; null if the project has no image. */
        Cover: {
            /**
             * @description 20 characters of 0-9 a-z; never reused.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            id: string;
            /**
             * @description Alternative text. Null if it is not set; empty for a picture that is only decoration.
             * @example Three fishing boats at a quay in the morning mist
             */
            alt: string | null;
            /**
             * @description ThumbHash in base64, to show while the image loads. Null for images stored by an older version.
             * @example 1DgGDoILwErCm5rIrIpnWomdCMOqYKs=
             */
            placeholder: string | null;
            /**
             * @description Dominant colour. Null for images stored by an older version.
             * @example #5c6f83
             */
            color: string | null;
            sizes: components["schemas"]["Sizes"];
            urls: components["schemas"]["Urls"];
            files: components["schemas"]["Files"];
            /**
             * @description Value of `srcset` of an `<img>`: `thumb`, `medium` and the presets that keep the whole picture, its shape and at most its size, each with its width.
             * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=thumb 400w, /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y?size=medium 1600w
             */
            srcset: string;
        } | null;
        NewProject: {
            /**
             * @description Without it, a new project has none, and an existing one may have any.
             * @example Cosmic Drift
             */
            title?: string | null;
            /**
             * @description Without them, a new project has none, and an existing one may have any.
             * @example [
             *       "space",
             *       "strategy"
             *     ]
             */
            tags?: string[] | null;
            /**
             * @description Without it, a new project has that of the server’s settings, and an existing one may have any.
             * @example public
             * @enum {string}
             */
            visibility?: "public" | "private";
        };
        ProjectEdit: {
            /**
             * @description Null removes the title.
             * @example Cosmic Drift
             */
            title?: string | null;
            /**
             * @description All tags of the project, in place of the former ones, each of 1 to 100 characters. Repeated ones are kept once; null removes them.
             * @example [
             *       "space",
             *       "strategy"
             *     ]
             */
            tags?: string[] | null;
            /**
             * @description Image ids in the new order; the remaining images follow in their current order.
             * @example [
             *       "4f0z6k1m9q2w8e5r7t3y"
             *     ]
             */
            image_order?: string[];
            /**
             * @description A public project is readable by all, a private one by its owner, members and admins.
             * @example public
             * @enum {string}
             */
            visibility?: "public" | "private";
            /**
             * @description Roles of members by user id; null removes a member. Other members stay. For the owner and admins.
             * @example {
             *       "7d2m9x0c4v8b6n1q5w3z": "viewer",
             *       "4hk2p0w7d1x9c5t3b8n6": null
             *     }
             */
            members?: {
                [key: string]: "viewer" | "editor" | null;
            };
            /**
             * @description Prefix in a bucket, within one of the prefixes in `SOURCES`, whose pictures are imported at their first request; null removes it. For admins.
             * @example s3://photos/2026/
             */
            source?: string | null;
        };
        DeletedProject: {
            /** @example cosmic-drift */
            project_id: string;
            /** @enum {boolean} */
            deleted: true;
            /**
             * @description Number of deleted images.
             * @example 1
             */
            deleted_images: number;
        };
        /** @description Pictures by the name of the asset, else by the id of the image. */
        Manifest: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /** @enum {string} */
            size: "original" | "medium" | "thumb" | "game";
            /** @enum {string} */
            format: "avif" | "webp" | "png" | "jpeg";
            files: {
                [key: string]: components["schemas"]["ManifestFile"];
            };
        };
        /**
         * @description A picture: its URL, which never means another picture, its pixels, and length and SHA-256 of the file. These are null in other formats than JPEG, which are rendered at the first request.
         * @example {
         *       "url": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/thumb.jpg",
         *       "width": 400,
         *       "height": 300,
         *       "bytes": 28412,
         *       "sha256": "a4e624d686e03ed2767c0abd85c14426b0b1157d2ce81d27bb4fe4f6f01d688a"
         *     }
         */
        ManifestFile: {
            url: string;
            width: number;
            height: number;
            bytes: number | null;
            sha256: string | null;
        };
        /**
         * @description A manifest of PixiJS (`Assets.init`): with `layout=pixi`.
         * @example {
         *       "bundles": [
         *         {
         *           "name": "cosmic-drift",
         *           "assets": [
         *             {
         *               "alias": "ui/button-ok",
         *               "src": "/projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y/thumb.webp"
         *             }
         *           ]
         *         }
         *       ]
         *     }
         */
        PixiManifest: {
            bundles: {
                name: string;
                assets: {
                    alias: string;
                    src: string;
                }[];
            }[];
        };
        MemberList: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
            /** @description Null for a project that an API key created. */
            owner: {
                /** @example 7m2x9k4q1w8e5r3t6y0u */
                user_id: string;
                /**
                 * @description Address of the account; null for users without one on this server.
                 * @example ada@example.com
                 */
                email: string | null;
                /** @example Ada */
                name: string | null;
            } | null;
            /** @description Sorted by address, then by id. */
            members: {
                /** @example 7m2x9k4q1w8e5r3t6y0u */
                user_id: string;
                /**
                 * @description Address of the account; null for users without one on this server.
                 * @example ada@example.com
                 */
                email: string | null;
                /** @example Ada */
                name: string | null;
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "editor";
            }[];
        };
        Member: {
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description Id of the user, by which members are edited.
             * @example 7m2x9k4q1w8e5r3t6y0u
             */
            user_id: string;
            /**
             * @example viewer
             * @enum {string}
             */
            role: "viewer" | "editor";
            /**
             * @description Number of changes of the project.
             * @example 7
             */
            revision: number;
        };
        NewMember: {
            /** @example ada@example.com */
            email: string;
            /**
             * @example viewer
             * @enum {string}
             */
            role: "viewer" | "editor";
        };
        LinkWithUrl: {
            /** @example 0z4x9k2m7q1w5e8r3t6y0u4i */
            id: string;
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description The only image that the link shows; null for the whole project.
             * @example null
             */
            image_id: string | null;
            /**
             * @description Whether guests may add pictures.
             * @example false
             */
            upload: boolean;
            /**
             * @description Whether guests may read originals and archives.
             * @example true
             */
            download: boolean;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            expires: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * @description Address to share. It is shown once: only a hash of it is stored.
             * @example /s/ttl_0z4x9k2m7q1w5e8r3t6y0u4i_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o
             */
            url: string;
        };
        NewLink: {
            /**
             * Format: date-time
             * @description End of the link: an ISO 8601 time with an offset, 60 seconds to 366 days from now.
             * @example 2026-05-04T09:30:00.000Z
             */
            expires: string;
            /**
             * @description The only image that the link shows; without it all.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            image_id?: string;
            /**
             * @description `true` lets guests add pictures. Not with `image_id`.
             * @example false
             */
            upload?: boolean;
            /**
             * @description `false` shows no originals and gives no archives.
             * @example true
             */
            download?: boolean;
        };
        LinkList: {
            links: components["schemas"]["Link"][];
        };
        Link: {
            /** @example 0z4x9k2m7q1w5e8r3t6y0u4i */
            id: string;
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description The only image that the link shows; null for the whole project.
             * @example null
             */
            image_id: string | null;
            /**
             * @description Whether guests may add pictures.
             * @example false
             */
            upload: boolean;
            /**
             * @description Whether guests may read originals and archives.
             * @example true
             */
            download: boolean;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            expires: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
        };
        OpenedLink: {
            /** @example 0z4x9k2m7q1w5e8r3t6y0u4i */
            id: string;
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description The only image that the link shows; null for the whole project.
             * @example null
             */
            image_id: string | null;
            /**
             * @description Whether guests may add pictures.
             * @example false
             */
            upload: boolean;
            /**
             * @description Whether guests may read originals and archives.
             * @example true
             */
            download: boolean;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            expires: string;
            /**
             * @description Title of the project.
             * @example Cosmic Drift
             */
            title: string | null;
            image?: components["schemas"]["Image"];
        };
        Atlas: {
            frames: {
                [key: string]: {
                    /**
                     * @example {
                     *       "x": 2,
                     *       "y": 2,
                     *       "w": 50,
                     *       "h": 50
                     *     }
                     */
                    frame: {
                        x: number;
                        y: number;
                        w: number;
                        h: number;
                    };
                    /** @enum {boolean} */
                    rotated: false;
                    /** @enum {boolean} */
                    trimmed: false;
                    /**
                     * @example {
                     *       "x": 0,
                     *       "y": 0,
                     *       "w": 50,
                     *       "h": 50
                     *     }
                     */
                    spriteSourceSize: {
                        x: number;
                        y: number;
                        w: number;
                        h: number;
                    };
                    /**
                     * @example {
                     *       "w": 50,
                     *       "h": 50
                     *     }
                     */
                    sourceSize: {
                        w: number;
                        h: number;
                    };
                };
            };
            meta: {
                /** @enum {string} */
                app: "tintype";
                /** @enum {string} */
                version: "1.0";
                /** @enum {string} */
                format: "RGBA8888";
                /** @enum {string} */
                scale: "1";
                /**
                 * @description Revision of the places of the frames; 0 for covers.
                 * @example 7
                 */
                revision: number;
                /**
                 * @description URL of the page, relative to that of this document.
                 * @example atlas/game.2048.0.7.abcdefghijklmnopqrstuv.webp
                 */
                image: string;
                /**
                 * @example {
                 *       "w": 1998,
                 *       "h": 1998
                 *     }
                 */
                size: {
                    w: number;
                    h: number;
                };
                /**
                 * @description Number of pages.
                 * @example 1
                 */
                pages: number;
                /**
                 * @description Documents of the other pages, relative to that of this one.
                 * @example [
                 *       "atlas/1.json"
                 *     ]
                 */
                related_multi_packs?: string[];
            };
        };
        MultiAtlas: {
            textures: {
                /**
                 * @description URL of the page, relative to that of this document.
                 * @example atlas/game.2048.0.7.abcdefghijklmnopqrstuv.webp
                 */
                image: string;
                /** @enum {string} */
                format: "RGBA8888";
                /**
                 * @example {
                 *       "w": 1998,
                 *       "h": 1998
                 *     }
                 */
                size: {
                    w: number;
                    h: number;
                };
                /** @enum {number} */
                scale: 1;
                frames: {
                    filename: string;
                    /**
                     * @example {
                     *       "x": 2,
                     *       "y": 2,
                     *       "w": 50,
                     *       "h": 50
                     *     }
                     */
                    frame: {
                        x: number;
                        y: number;
                        w: number;
                        h: number;
                    };
                    /** @enum {boolean} */
                    rotated: false;
                    /** @enum {boolean} */
                    trimmed: false;
                    /**
                     * @example {
                     *       "x": 0,
                     *       "y": 0,
                     *       "w": 50,
                     *       "h": 50
                     *     }
                     */
                    spriteSourceSize: {
                        x: number;
                        y: number;
                        w: number;
                        h: number;
                    };
                    /**
                     * @example {
                     *       "w": 50,
                     *       "h": 50
                     *     }
                     */
                    sourceSize: {
                        w: number;
                        h: number;
                    };
                }[];
            }[];
            meta: {
                /** @enum {string} */
                app: "tintype";
                /** @enum {string} */
                version: "1.0";
                /** @enum {string} */
                format: "RGBA8888";
                /** @enum {string} */
                scale: "1";
                /**
                 * @description Revision of the places of the frames; 0 for covers.
                 * @example 7
                 */
                revision: number;
            };
        };
        CollectionList: {
            collections: {
                /** @example strategy */
                name: string;
                /** @example Strategy games */
                title: string | null;
                /**
                 * @description What selects the projects; null for a list.
                 * @example {
                 *       "tag": "space"
                 *     }
                 */
                query: {
                    tag: string;
                } | null;
                /**
                 * @description A public collection is readable by all, a private one by its owner, members and admins.
                 * @example public
                 * @enum {string}
                 */
                visibility: "public" | "private";
                /**
                 * Format: date-time
                 * @example 2026-05-04T09:30:00.000Z
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @example 2026-05-04T09:30:00.000Z
                 */
                updated_at: string;
                /**
                 * @description User id of the owner; null if there is none. Present for principals that may manage the collection.
                 * @example null
                 */
                owner_id?: string | null;
                /**
                 * @description Roles of the members by user id. Present for principals that may manage the collection.
                 * @example {
                 *       "7d2m9x0c4v8b6n1q5w3z": "viewer"
                 *     }
                 */
                members?: {
                    [key: string]: "viewer" | "editor";
                };
                /**
                 * @description URL of the atlas of the covers.
                 * @example /collections/strategy/atlas.json
                 */
                atlas_url: string;
            }[];
            /**
             * @description URL of the next page of collections; null on the last page.
             * @example null
             */
            next: string | null;
        };
        Collection: {
            /** @example strategy */
            name: string;
            /** @example Strategy games */
            title: string | null;
            /**
             * @description What selects the projects; null for a list.
             * @example {
             *       "tag": "space"
             *     }
             */
            query: {
                tag: string;
            } | null;
            /**
             * @description A public collection is readable by all, a private one by its owner, members and admins.
             * @example public
             * @enum {string}
             */
            visibility: "public" | "private";
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            updated_at: string;
            /**
             * @description User id of the owner; null if there is none. Present for principals that may manage the collection.
             * @example null
             */
            owner_id?: string | null;
            /**
             * @description Roles of the members by user id. Present for principals that may manage the collection.
             * @example {
             *       "7d2m9x0c4v8b6n1q5w3z": "viewer"
             *     }
             */
            members?: {
                [key: string]: "viewer" | "editor";
            };
            /**
             * @description URL of the atlas of the covers.
             * @example /collections/strategy/atlas.json
             */
            atlas_url: string;
            /** @description The projects that exist and that the caller may see, with their covers, in the order of the list; those of a query by id. */
            projects: components["schemas"]["Project"][];
        };
        NewCollection: {
            /**
             * @description Ids of the projects, in their order. They need not exist, nor be visible to the caller.
             * @example [
             *       "cosmic-drift",
             *       "space-garden"
             *     ]
             */
            projects?: string[];
            /**
             * @description In place of `projects`: those with this tag that the owner of the collection finds in `GET /projects`.
             * @example {
             *       "tag": "space"
             *     }
             */
            query?: {
                tag: string;
            };
            /**
             * @description Null removes the title; without it, the title stays.
             * @example Cosmic Drift
             */
            title?: string | null;
            /**
             * @description Without it, it stays; a new collection has that of the server’s settings for projects.
             * @example public
             * @enum {string}
             */
            visibility?: "public" | "private";
            /**
             * @description Roles of all members by user id; without it, they stay.
             * @example {
             *       "7d2m9x0c4v8b6n1q5w3z": "viewer"
             *     }
             */
            members?: {
                [key: string]: "viewer" | "editor";
            };
        } | {
            query?: unknown;
        } | {
            projects?: unknown;
        };
        CollectionChanges: {
            /**
             * @description For `since` of the next request.
             * @example k3vF0u1P9wQm2xT7bR5yZa
             */
            tag: string;
            /**
             * @description True where the collection is to be read anew.
             * @example true
             */
            changed: boolean;
        };
        WebhookWithSecret: {
            /** @example 9c2k4q7w1x5e8r3t */
            id: string;
            /** @example https://shop.example/hooks/tintype */
            url: string;
            /** @example null */
            events: ("image.added" | "image.changed" | "image.deleted" | "cover.changed" | "project.changed" | "project.deleted" | "job.succeeded" | "job.failed")[] | null;
            /** @example cosmic-drift */
            project_id: string | null;
            enabled: boolean;
            /**
             * @description Why it is off: by `PATCH` (`request`), because the receiver answered 410 (`gone`), because nothing was accepted for seven days (`failing`), because its creator may not manage the project any more (`access`), or because the project was deleted (`project_deleted`).
             * @example null
             * @enum {string|null}
             */
            off_reason: "request" | "gone" | "failing" | "access" | "project_deleted" | null;
            /**
             * Format: date-time
             * @description Time of the first failed attempt since the last success.
             * @example null
             */
            failing_since: string | null;
            /**
             * @description Failed attempts since then.
             * @example 0
             */
            failures: number;
            /**
             * Format: date-time
             * @example null
             */
            next_attempt_at: string | null;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            updated_at: string;
            /**
             * @description Secret of the signatures (Standard Webhooks). Shown this once.
             * @example whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
             */
            secret: string;
        };
        NewWebhook: {
            /**
             * @description Receiver: an http or https URL of at most 2000 characters, without user name, password and fragment. In the own network of the server only where `WEBHOOK_ALLOW` names it.
             * @example https://shop.example/hooks/tintype
             */
            url: string;
            /**
             * @description Types of events that are delivered; null for all, those of later versions too. `project.reset` and `webhook.test` are always delivered.
             * @example [
             *       "image.added",
             *       "image.deleted"
             *     ]
             */
            events?: ("image.added" | "image.changed" | "image.deleted" | "cover.changed" | "project.changed" | "project.deleted" | "job.succeeded" | "job.failed")[] | null;
            /**
             * @description The only project; without it all, which needs an admin.
             * @example cosmic-drift
             */
            project_id?: string | null;
        };
        WebhookList: {
            webhooks: components["schemas"]["Webhook"][];
            /**
             * @description URL of the next page of webhooks; null on the last page.
             * @example null
             */
            next: string | null;
        };
        Webhook: {
            /** @example 9c2k4q7w1x5e8r3t */
            id: string;
            /** @example https://shop.example/hooks/tintype */
            url: string;
            /** @example null */
            events: ("image.added" | "image.changed" | "image.deleted" | "cover.changed" | "project.changed" | "project.deleted" | "job.succeeded" | "job.failed")[] | null;
            /** @example cosmic-drift */
            project_id: string | null;
            enabled: boolean;
            /**
             * @description Why it is off: by `PATCH` (`request`), because the receiver answered 410 (`gone`), because nothing was accepted for seven days (`failing`), because its creator may not manage the project any more (`access`), or because the project was deleted (`project_deleted`).
             * @example null
             * @enum {string|null}
             */
            off_reason: "request" | "gone" | "failing" | "access" | "project_deleted" | null;
            /**
             * Format: date-time
             * @description Time of the first failed attempt since the last success.
             * @example null
             */
            failing_since: string | null;
            /**
             * @description Failed attempts since then.
             * @example 0
             */
            failures: number;
            /**
             * Format: date-time
             * @example null
             */
            next_attempt_at: string | null;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            updated_at: string;
        };
        WebhookEdit: {
            /**
             * @description Receiver: an http or https URL of at most 2000 characters, without user name, password and fragment. In the own network of the server only where `WEBHOOK_ALLOW` names it.
             * @example https://shop.example/hooks/tintype
             */
            url?: string;
            /**
             * @description Types of events that are delivered; null for all, those of later versions too. `project.reset` and `webhook.test` are always delivered.
             * @example [
             *       "image.added",
             *       "image.deleted"
             *     ]
             */
            events?: ("image.added" | "image.changed" | "image.deleted" | "cover.changed" | "project.changed" | "project.deleted" | "job.succeeded" | "job.failed")[] | null;
            /**
             * @description `true` goes on where the deliveries ended, at once; `false` stops them and keeps the position.
             * @example true
             */
            enabled?: boolean;
        };
        WebhookDelivery: {
            /**
             * @description Grows with time.
             * @example 12
             */
            id: number;
            /**
             * @description `webhook-id`: the same in every attempt.
             * @example evt_0f4b7c1e9a2d5f8e3b6c9d0a1e2f3b4c
             */
            message_id: string;
            /**
             * @description `event`: in order; `test`, `redelivery`: on request.
             * @example event
             * @enum {string}
             */
            kind: "event" | "test" | "redelivery";
            /** @example image.added */
            type: string;
            /** @example cosmic-drift */
            project_id: string | null;
            /** @example 7 */
            revision: number | null;
            /**
             * Format: date-time
             * @description Time of the attempt.
             * @example 2026-05-04T09:30:00.000Z
             */
            at: string;
            delivered: boolean;
            /**
             * @description Status of the answer; null if there was none.
             * @example 204
             */
            status: number | null;
            /**
             * @description Reason of the failure.
             * @example null
             */
            error: string | null;
            /** @example 84 */
            duration_ms: number;
            /**
             * Format: date-time
             * @description Time of the next attempt.
             * @example null
             */
            next_attempt_at: string | null;
            /** @description The message as it was sent. */
            body: string;
        };
        WebhookDeliveryList: {
            deliveries: components["schemas"]["WebhookDelivery"][];
        };
        Changes: {
            /**
             * @description The position, for `since` of the next request.
             * @example 8
             */
            revision: number;
            events: components["schemas"]["Event"][];
            /**
             * @description True if the changes are not kept any more: read the project anew. There are no events then.
             * @example false
             */
            reset: boolean;
        };
        Event: {
            /** @enum {string} */
            type: "image.added" | "image.changed" | "image.deleted" | "cover.changed" | "project.changed" | "project.deleted";
            /** @example cosmic-drift */
            project_id: string;
            /**
             * @description The revision that the change led to.
             * @example 8
             */
            revision: number;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            at: string;
            /**
             * @description Of an event of an image; of `cover.changed` the new cover, null if there is none.
             * @example 4f0z6k1m9q2w8e5r7t3y
             */
            image_id?: string | null;
        };
        SignInOptions: {
            /** @description Whether every request may do everything, without signing in. */
            open: boolean;
            /**
             * @description Who may create an account: all, holders of an invitation, or nobody.
             * @example invite
             * @enum {string}
             */
            registration: "open" | "invite" | "closed";
            /** @description Whether `POST /auth/forgotten-password` sends mail. */
            password_reset: boolean;
            /**
             * @description Name of the identity provider that `GET /auth/oidc` leads to; null without one.
             * @example Example Inc.
             */
            provider: string | null;
        };
        SignedIn: {
            user: components["schemas"]["User"];
            /** @enum {string} */
            token_type: "Bearer";
            /**
             * @description Lifetime of the access token in seconds.
             * @example 900
             */
            expires_in: number;
            /** @description Absent if it was set as a cookie. */
            access_token?: string;
            /**
             * @description Newest refresh token of the session; valid once.
             * @example ttr_7m2x9k4q1w8e5r3t6y0u_1_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o
             */
            refresh_token?: string;
            /** @description Present if the tokens were set as cookies. */
            csrf_token?: string;
        };
        User: {
            /** @example 7m2x9k4q1w8e5r3t6y0u */
            id: string;
            /** @example ada@example.com */
            email: string;
            /** @example Ada */
            name: string | null;
            /** @description False where an identity provider alone signs in. */
            has_password: boolean;
            /**
             * Format: date-time
             * @example 2026-05-04T09:30:00.000Z
             */
            created_at: string;
        };
        Registration: {
            /** @example ada@example.com */
            email: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            password: string;
            /** @example Ada */
            name?: string | null;
            /**
             * @description Invitation code, if the server requires one.
             * @example tti_7k2m9x4q1w8e5r3t6y0u2i4o6p
             */
            invite?: string;
            /**
             * @description For a page in a browser: `true` returns the tokens as `HttpOnly; SameSite=Strict` cookies, not in the body. Requests other than GET then need the value of the cookie `tintype_csrf` in the header `X-CSRF-Token`.
             * @default false
             */
            cookie: boolean;
        };
        Credentials: {
            /** @example ada@example.com */
            email: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            password: string;
            /**
             * @description For a page in a browser: `true` returns the tokens as `HttpOnly; SameSite=Strict` cookies, not in the body. Requests other than GET then need the value of the cookie `tintype_csrf` in the header `X-CSRF-Token`.
             * @default false
             */
            cookie: boolean;
        };
        SessionChoice: {
            /**
             * @description Newest refresh token of the session; valid once.
             * @example ttr_7m2x9k4q1w8e5r3t6y0u_1_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o
             */
            refresh_token?: string;
            /**
             * @description For a page in a browser: `true` returns the tokens as `HttpOnly; SameSite=Strict` cookies, not in the body. Requests other than GET then need the value of the cookie `tintype_csrf` in the header `X-CSRF-Token`.
             * @default false
             */
            cookie: boolean;
        } | {
            /** @constant */
            cookie?: false;
        } | {
            /** @constant */
            cookie: true;
            refresh_token?: unknown;
        };
        Me: {
            /**
             * @description `anybody` if the server requires no authentication.
             * @example user
             * @enum {string}
             */
            kind: "user" | "key" | "anybody";
            /**
             * @description Id of the user or the key.
             * @example 7m2x9k4q1w8e5r3t6y0u
             */
            id: string | null;
            /**
             * @description Role of a key.
             * @example null
             */
            role: string | null;
            /** @description Account of the user, if it is on this server. */
            user: components["schemas"]["User"] | null;
        };
        PasswordChange: {
            /**
             * Format: password
             * @example correct horse battery staple
             */
            current: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            new: string;
            /**
             * @description For a page in a browser: `true` returns the tokens as `HttpOnly; SameSite=Strict` cookies, not in the body. Requests other than GET then need the value of the cookie `tintype_csrf` in the header `X-CSRF-Token`.
             * @default false
             */
            cookie: boolean;
        };
        ForgottenPassword: {
            /** @example ada@example.com */
            email: string;
        };
        PasswordReset: {
            /**
             * @description From the link in the mail: what follows `#reset=`.
             * @example ttw_7m2x9k4q1w8e5r3t6y0u_0_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o
             */
            token: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            password: string;
        };
        Health: {
            /** @enum {string} */
            status: "ok";
            /** @example 1.0.0 */
            version: string;
            /** @example 86400 */
            uptime_seconds: number;
            formats: {
                /**
                 * @description Media types of accepted uploads. `image/heic` is missing where its decoder is not installed.
                 * @example [
                 *       "image/jpeg",
                 *       "image/png",
                 *       "image/webp",
                 *       "image/gif",
                 *       "image/tiff",
                 *       "image/avif",
                 *       "image/heic"
                 *     ]
                 */
                accepted: ("image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/tiff" | "image/avif" | "image/heic")[];
            };
        };
        Ready: {
            /** @enum {string} */
            status: "ready";
            /**
             * @description True where the server takes no changes, because it serves a store that is read-only.
             * @example false
             */
            read_only: boolean;
            /**
             * @description Connection to the broker that carries jobs; absent where none does. Without it, uploads are accepted as jobs all the same, and made once it is back; a server without encoders refuses other uploads as busy.
             * @example connected
             * @enum {string}
             */
            queue?: "connected" | "disconnected";
        };
    };
    responses: {
        /** @description The cached copy is current (`If-None-Match`, and for pictures `If-Modified-Since`). */
        NotModified: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description Validator of the copy. */
                ETag?: string;
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Not a project id (`invalid_project_id`). A parameter has a value that is not accepted (`invalid_parameter`) */
        invalid_project_id_or_invalid_parameter: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description Authentication is missing or invalid (`unauthenticated`) */
        unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Authentication scheme.
                 * @example Bearer realm="tintype"
                 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The host of the request is not accepted (`unexpected_host`) */
        unexpected_host: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such project (`project_not_found`) */
        project_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description Too many requests (`rate_limited`) */
        rate_limited: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description An unexpected error on the server (`internal`). The files of the project are damaged (`project_damaged`) */
        internal_or_project_damaged: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`) */
        store_unavailable_or_issuer_unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description Accepted (`Prefer: respond-async`): the job that makes the image. */
        Accepted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description URL of the job.
                 * @example /jobs/0mobk2v5c4hq9x7m2p8s1d6w
                 */
                Location?: string;
                /**
                 * @description RFC 7240.
                 * @example respond-async
                 */
                "Preference-Applied"?: string;
                /**
                 * @description Present on a replayed response.
                 * @example true
                 */
                "Idempotent-Replay"?: string;
                /** @description Seconds to wait; absent once all has ended. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Job"];
            };
        };
        /** @description The request is not valid HTTP (`malformed_request`). Not a project id (`invalid_project_id`). A parameter has a value that is not accepted (`invalid_parameter`). The multipart body cannot be read (`malformed_multipart`). No file in the upload (`file_missing`). The file has another field name than expected (`wrong_field`). One upload takes one file (`too_many_files`). The upload was aborted (`upload_aborted`) */
        malformed_request_or_invalid_project_id_or_invalid_parameter_or_malformed_multipart_or_file_missing_or_wrong_field_or_too_many_files_or_upload_aborted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The permission is missing (`forbidden`). The request may come from another site (`csrf`). The host of the request is not accepted (`unexpected_host`) */
        forbidden_or_csrf_or_unexpected_host: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The request did not arrive in time (`request_timeout`) */
        request_timeout: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The upload with this Idempotency-Key is still running (`idempotency_running`) */
        idempotency_running: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The upload is too large (`upload_too_large`). The picture has too many pixels (`too_many_pixels`) */
        upload_too_large_or_too_many_pixels: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The upload is not multipart/form-data (`multipart_required`). The file is not an image (`not_an_image`). This type of image is not accepted (`unsupported_image_type`). The image is sound, but its layout cannot be decoded (`unsupported_image_layout`) */
        multipart_required_or_not_an_image_or_unsupported_image_type_or_unsupported_image_layout: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The file is empty (`empty_file`). The image is damaged (`damaged_image`). Decoding the image took too long (`image_too_slow`). The Idempotency-Key was used for another file (`idempotency_conflict`) */
        empty_file_or_damaged_image_or_image_too_slow_or_idempotency_conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The server is busy (`busy`). The picture could not be processed (`encoder_failed`). The store is read-only (`read_only`). The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`). The server is shutting down (`shutting_down`) */
        busy_or_encoder_failed_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The storage is full (`storage_full`). The quota is used up (`quota_exceeded`) */
        storage_full_or_quota_exceeded: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
        PartialContent: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Validator for If-None-Match.
                 * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                 */
                ETag?: string;
                /** @description Time of the last change. */
                "Last-Modified"?: string;
                /** @description Range requests are supported. */
                "Accept-Ranges"?: "bytes";
                /**
                 * @description Caching policy.
                 * @example public, max-age=31536000, immutable
                 */
                "Cache-Control"?: string;
                /**
                 * @description `Accept` after content negotiation.
                 * @example Accept
                 */
                Vary?: string;
                /** @description The part and the length of the whole. */
                "Content-Range"?: string;
                [name: string]: unknown;
            };
            content: {
                "image/jpeg": Blob;
                "image/webp": Blob;
                "image/avif": Blob;
                "image/png": Blob;
            };
        };
        /** @description With `REDIRECT_TO_BUCKET`: the original as JPEG is at a URL of the bucket, which ends after a minute at most. Not for requests with `If-Match`, `If-Unmodified-Since`, `If-Modified-Since` or `If-Range`. */
        Found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /** @description Signed URL of the bucket. */
                Location?: string;
                /**
                 * @description Shorter than the life of the URL.
                 * @example private, max-age=30
                 */
                "Cache-Control"?: string;
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The permission is missing (`forbidden`). The host of the request is not accepted (`unexpected_host`). The signature does not match the URL (`signature_invalid`). The signed URL has expired (`signature_expired`) */
        forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such project (`project_not_found`). No such image (`image_not_found`) */
        project_not_found_or_image_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description A precondition of the request does not hold (`precondition_failed`) */
        precondition_failed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The image ends before the range begins (`range_not_satisfiable`) */
        range_not_satisfiable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description The length of the whole.
                 * @example bytes *\/20000
                 */
                "Content-Range"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description Decoding the image took too long (`image_too_slow`) */
        image_too_slow: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The server is busy (`busy`). The picture could not be processed (`encoder_failed`). The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`). The server is shutting down (`shutting_down`) */
        busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The storage is full (`storage_full`) */
        storage_full: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The request is not valid HTTP (`malformed_request`). Not a project id (`invalid_project_id`). A parameter has a value that is not accepted (`invalid_parameter`). The body is not valid for this route (`invalid_body`). The upload was aborted (`upload_aborted`) */
        malformed_request_or_invalid_project_id_or_invalid_parameter_or_invalid_body_or_upload_aborted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The upload is too large (`upload_too_large`) */
        upload_too_large: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The server is busy (`busy`). The store is read-only (`read_only`). The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`). The server is shutting down (`shutting_down`) */
        busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such route (`route_not_found`). No such project (`project_not_found`). No such image (`image_not_found`) */
        route_not_found_or_project_not_found_or_image_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The permission is missing (`forbidden`). The host of the request is not accepted (`unexpected_host`). The URL needs a signature (`signature_required`). The signature does not match the URL (`signature_invalid`). The signed URL has expired (`signature_expired`) */
        forbidden_or_unexpected_host_or_signature_required_or_signature_invalid_or_signature_expired: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such route (`route_not_found`). No such project (`project_not_found`). No such image (`image_not_found`). No such asset (`asset_not_found`) */
        route_not_found_or_project_not_found_or_image_not_found_or_asset_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description A parameter has a value that is not accepted (`invalid_parameter`) */
        invalid_parameter: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description An unexpected error on the server (`internal`) */
        internal: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such job (`job_not_found`) */
        job_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The job is in another state than the request needs (`job_conflict`) */
        job_conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The server is busy (`busy`). The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`) */
        busy_or_store_unavailable_or_issuer_unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description Not a project id (`invalid_project_id`) */
        invalid_project_id: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The project has too many images for this request (`too_many_images`) */
        too_many_images: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The permission is missing (`forbidden`). The host of the request is not accepted (`unexpected_host`) */
        forbidden_or_unexpected_host: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The store cannot be written (`store_unavailable`) */
        store_unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The host of the request is not accepted (`unexpected_host`). The signature does not match the URL (`signature_invalid`). The signed URL has expired (`signature_expired`) */
        unexpected_host_or_signature_invalid_or_signature_expired: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The server is busy (`busy`). The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`). The server is shutting down (`shutting_down`) */
        busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description Decoding the image took too long (`image_too_slow`). The project has too many images for this request (`too_many_images`) */
        image_too_slow_or_too_many_images: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such collection (`collection_not_found`) */
        collection_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The request is not valid HTTP (`malformed_request`). The body is not valid for this route (`invalid_body`). The upload was aborted (`upload_aborted`) */
        malformed_request_or_invalid_body_or_upload_aborted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No such webhook (`webhook_not_found`) */
        webhook_not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The webhook is described by the settings of the server (`webhook_of_settings`) */
        webhook_of_settings: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The e-mail address has an account already (`email_taken`) */
        email_taken: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The server is busy (`busy`). The store is read-only (`read_only`). The store cannot be written (`store_unavailable`). The server is shutting down (`shutting_down`) */
        busy_or_read_only_or_store_unavailable_or_shutting_down: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The request may come from another site (`csrf`). The host of the request is not accepted (`unexpected_host`) */
        csrf_or_unexpected_host: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description No identity provider is set up here (`oidc_not_configured`) */
        oidc_not_configured: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The store is read-only (`read_only`). The store cannot be written (`store_unavailable`). The identity provider cannot be reached (`oidc_unavailable`) */
        read_only_or_store_unavailable_or_oidc_unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Seconds to wait before a retry.
                 * @example 5
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
        /** @description The route does not support this method (`method_not_allowed`) */
        method_not_allowed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                RateLimit: components["headers"]["RateLimit"];
                /**
                 * @description Methods of the path.
                 * @example GET, HEAD, OPTIONS
                 */
                Allow?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & unknown;
            };
        };
    };
    parameters: {
        /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
        "path.project_id": string;
        /** @description With `true`, a file that the project already has is not stored again; the response is the existing image. `false` by default. */
        "query.dedupe": boolean;
        /** @description Any text that is unique to this upload. A retry with the same key within 24 hours stores nothing and returns the first response again, with `Idempotent-Replay: true`. */
        "header.Idempotency-Key": string;
        /** @description With `respond-async`, the upload is answered 202 as soon as it is durable, with the job that makes the image. */
        "header.Prefer": string;
        /** @description Image id, as the upload returned it. */
        "path.image_id": string;
        /** @description Size name; `original` by default. `game` is exactly 50 x 50, the others keep the proportions. */
        "query.size": "original" | "medium" | "thumb" | "game";
        /** @description Format, `jpeg` by default. The others are rendered at the first request, transparent where the picture is. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a transparent picture. */
        "query.format": "auto" | "avif" | "webp" | "png" | "jpeg" | "jpg";
        /** @description End of the validity of the URL, in seconds since 1970. */
        "query.exp": number;
        /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
        "query.sig": string;
        /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
        "header.If-Match": string;
        /** @description File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is. */
        "path.format": "avif" | "webp" | "png" | "jpg";
        /** @description Width of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
        "query.w": number;
        /** @description Height of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
        "query.h": number;
        /** @description How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with margins, `inside` keeps within it. */
        "query.fit": "cover" | "contain" | "inside";
        /** @description Focus of the crop of `cover` and place of the picture in `contain`: center, top, bottom, left, right, top-left, top-right, bottom-left, bottom-right, or a point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, else `center`. */
        "query.position": string;
        /** @description Device pixel ratio, 1 by default: `w` and `h` are multiplied by it. */
        "query.dpr": number;
        /** @description Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white. */
        "query.background": string;
        /** @description Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art. */
        "query.kernel": "lanczos3" | "nearest";
        /** @description Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. No signature covers it. */
        "query.v": string;
        /** @description Name of one of the server’s presets, in place of all of the above. It needs no signature. */
        "query.preset": string;
        /** @description Name: 1 to 100 of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, which is not "render". A slash may be plain in the URL, or `%2F`. */
        "path.name": string;
        /** @description The project is created only if there is none yet; an existing one is answered 412. */
        "header.If-None-Match": "*";
        /** @description Job id, as the upload returned it. */
        "path.job_id": string;
        /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
        "header.X-CSRF-Token": string;
        /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
        "query.page": "2048" | "4096";
        /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
        "query.multi": "" | "true" | "false";
        /** @description Number of the page, from 0. */
        "path.index": string;
        /** @description Name of the page, as `meta.image` gives it. */
        "path.page": string;
        /** @description Ids of projects joined by commas, as `meta.image` gives them. */
        "path.projects": string;
        /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
        "path.collection": string;
        /** @description Webhook id. */
        "path.webhook_id": string;
        /** @description The stream ends after so many seconds; without it, it goes on. */
        "query.seconds": number;
    };
    requestBodies: never;
    headers: {
        /** @description Id of the request in the log: that of the request where it is plain, else a new one. */
        "X-Request-Id": string;
        /**
         * @description Limit of requests and its window in seconds; present where requests are limited.
         * @example "read";q=600;w=60
         */
        "RateLimit-Policy": string;
        /**
         * @description Remaining requests, and seconds until the window ends; present where requests are limited.
         * @example "read";r=599;t=42
         */
        RateLimit: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listImages: {
        parameters: {
            query?: {
                /** @description With `true`, the last page names the images of jobs that have not ended, in `pending`. `false` by default. */
                pending?: boolean;
                /** @description Maximum number of images in the response; all by default. */
                limit?: number;
                /** @description Cursor: the value of `after` in `next` of an earlier page, unchanged. It stays valid when images are deleted. An id is accepted, too: the page begins behind it. */
                after?: string;
                /** @description A tag that the images have. It may be repeated: they have all of them. */
                tag?: string[];
                /** @description A text that the name, the title, the alternative text or a tag contains, in any case. */
                q?: string;
                /** @description `order` (default): as the project has them. `uploaded`, `taken` (`taken_at`, where a time without an offset counts as UTC): oldest first. `name`: from A to Z, numbers by their value. A minus reverses one. Images without the value come last. */
                sort?: "order" | "uploaded" | "-uploaded" | "taken" | "-taken" | "name" | "-name";
                /** @description With `true`, each image has the SHA-256 of its files. `false` by default. */
                hashes?: boolean;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The images. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "7-Zk3xQ0aV"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    uploadImage: {
        parameters: {
            query?: {
                /** @description With `true`, a file that the project already has is not stored again; the response is the existing image. `false` by default. */
                dedupe?: components["parameters"]["query.dedupe"];
            };
            header?: {
                /** @description Any text that is unique to this upload. A retry with the same key within 24 hours stores nothing and returns the first response again, with `Idempotent-Replay: true`. */
                "Idempotency-Key"?: components["parameters"]["header.Idempotency-Key"];
                /** @description With `respond-async`, the upload is answered 202 as soon as it is durable, with the job that makes the image. */
                Prefer?: components["parameters"]["header.Prefer"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        /** @description One file in field `file`: JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC. Text fields describe it, before or after the file. Others are ignored, and named in the response. */
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The image.
                     */
                    file: Blob;
                    /**
                     * @description Name of the image, in place of the name of the file.
                     * @example
                     */
                    name?: string;
                    /** @example  */
                    title?: string;
                    /**
                     * @description Alternative text.
                     * @example
                     */
                    alt?: string;
                    /**
                     * @description A field for each tag, or one with commas between the tags, or one with a JSON array.
                     * @example []
                     */
                    tags?: string[];
                    /**
                     * @description Point that a crop keeps in view, such as `0.3,0.6`, from `0,0` (top left) to `1,1`; or as a JSON object.
                     * @example
                     */
                    focal_point?: string;
                };
            };
        };
        responses: {
            /** @description The project already had this file (`dedupe=true`): its image. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description URL of the image.
                     * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y
                     */
                    Location?: string;
                    /**
                     * @description Present on a replayed response.
                     * @example true
                     */
                    "Idempotent-Replay"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedImage"];
                };
            };
            /** @description Stored. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description URL of the image.
                     * @example /projects/cosmic-drift/images/4f0z6k1m9q2w8e5r7t3y
                     */
                    Location?: string;
                    /**
                     * @description Present on a replayed response.
                     * @example true
                     */
                    "Idempotent-Replay"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedImage"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_malformed_multipart_or_file_missing_or_wrong_field_or_too_many_files_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["idempotency_running"];
            413: components["responses"]["upload_too_large_or_too_many_pixels"];
            415: components["responses"]["multipart_required_or_not_an_image_or_unsupported_image_type_or_unsupported_image_layout"];
            422: components["responses"]["empty_file_or_damaged_image_or_image_too_slow_or_idempotency_conflict"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full_or_quota_exceeded"];
        };
    };
    uploadImages: {
        parameters: {
            query?: {
                /** @description With `true`, a file that the project already has is not stored again; the response is the existing image. `false` by default. */
                dedupe?: components["parameters"]["query.dedupe"];
            };
            header?: {
                /** @description Any text that is unique to this upload. A retry with the same key within 24 hours stores nothing and returns the first response again, with `Idempotent-Replay: true`. */
                "Idempotency-Key"?: components["parameters"]["header.Idempotency-Key"];
                /** @description With `respond-async`, the upload is answered 202 as soon as it is durable, with the job that makes the image. */
                Prefer?: components["parameters"]["header.Prefer"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        /** @description Files in fields `file`. Text fields before the first file describe all images; with an index, such as `alt[3]`, before its file, one of them: `name`, `title`, `alt`, `tags`, `focal_point`. Others are ignored, and named in the response. Or a ZIP or tar archive, in which folders are gone through, and hidden files, `__MACOSX` and links are passed over. */
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @example  */
                    title?: string;
                    /**
                     * @description Alternative text.
                     * @example
                     */
                    alt?: string;
                    /**
                     * @description A field for each tag, or one with commas between the tags, or one with a JSON array.
                     * @example []
                     */
                    tags?: string[];
                    /**
                     * @description Point that a crop keeps in view, such as `0.3,0.6`, from `0,0` (top left) to `1,1`; or as a JSON object.
                     * @example
                     */
                    focal_point?: string;
                    /** @description The images. */
                    file: Blob[];
                };
                "application/zip": Blob;
                "application/x-tar": Blob;
            };
        };
        responses: {
            /** @description The outcome of each file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkUpload"];
                };
            };
            /** @description Accepted (`Prefer: respond-async`): the batch of jobs that make the images. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description URL of the batch.
                     * @example /batches/0mobk2v5d4hq9x7t3n5r9c1b
                     */
                    Location?: string;
                    /**
                     * @description RFC 7240.
                     * @example respond-async
                     */
                    "Preference-Applied"?: string;
                    /** @description Seconds to wait; absent once all has ended. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedBulkUpload"];
                };
            };
            /** @description The request is not valid HTTP (`malformed_request`). Not a project id (`invalid_project_id`). A parameter has a value that is not accepted (`invalid_parameter`). The multipart body cannot be read (`malformed_multipart`). The archive cannot be read (`malformed_archive`). No file in the upload (`file_missing`). The file has another field name than expected (`wrong_field`). One upload takes one file (`too_many_files`). The upload was aborted (`upload_aborted`) */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["idempotency_running"];
            413: components["responses"]["upload_too_large_or_too_many_pixels"];
            415: components["responses"]["multipart_required_or_not_an_image_or_unsupported_image_type_or_unsupported_image_layout"];
            /** @description The file is empty (`empty_file`). The file cannot be read from the archive (`unreadable_entry`). The image is damaged (`damaged_image`). Decoding the image took too long (`image_too_slow`). The Idempotency-Key was used for another file (`idempotency_conflict`) */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full_or_quota_exceeded"];
        };
    };
    readImage: {
        parameters: {
            query?: {
                /** @description Size name; `original` by default. `game` is exactly 50 x 50, the others keep the proportions. */
                size?: components["parameters"]["query.size"];
                /** @description Format, `jpeg` by default. The others are rendered at the first request, transparent where the picture is. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a transparent picture. */
                format?: components["parameters"]["query.format"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            302: components["responses"]["Found"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["project_not_found_or_image_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    deleteImage: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. The current cover. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedImage"];
                };
            };
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found_or_image_not_found"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    editImage: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImageEdit"];
            };
        };
        responses: {
            /** @description The edited image. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "8"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditedImage"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found_or_image_not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readImageFile: {
        parameters: {
            query?: {
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
                /** @description Size name. */
                size: "original" | "medium" | "thumb" | "game";
                /** @description File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is. */
                format: components["parameters"]["path.format"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            302: components["responses"]["Found"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["route_not_found_or_project_not_found_or_image_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    renderImage: {
        parameters: {
            query?: {
                /** @description Width of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                w?: components["parameters"]["query.w"];
                /** @description Height of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                h?: components["parameters"]["query.h"];
                /** @description How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with margins, `inside` keeps within it. */
                fit?: components["parameters"]["query.fit"];
                /** @description Focus of the crop of `cover` and place of the picture in `contain`: center, top, bottom, left, right, top-left, top-right, bottom-left, bottom-right, or a point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, else `center`. */
                position?: components["parameters"]["query.position"];
                /** @description Format, `jpeg` by default; `jpg` means the same. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a picture that stays transparent. */
                format?: "auto" | "avif" | "webp" | "png" | "jpeg" | "jpg";
                /** @description Quality; by default avif 50, webp 80, jpeg 80 (more for transparent AVIF). Without effect on PNG, which loses nothing. */
                q?: number;
                /** @description Device pixel ratio, 1 by default: `w` and `h` are multiplied by it. */
                dpr?: components["parameters"]["query.dpr"];
                /** @description Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white. */
                background?: components["parameters"]["query.background"];
                /** @description Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art. */
                kernel?: components["parameters"]["query.kernel"];
                /** @description Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. No signature covers it. */
                v?: components["parameters"]["query.v"];
                /** @description Name of one of the server’s presets, in place of all of the above. It needs no signature. */
                preset?: components["parameters"]["query.preset"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. */
                sig?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. A preset may be cached for a day, a URL with `exp` until then, others for ever. A crop around the focal point of the image: for ever with the `v` of its URL in answers, else it is to be revalidated. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_required_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["project_not_found_or_image_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    renderImageFile: {
        parameters: {
            query?: {
                /** @description Width of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                w?: components["parameters"]["query.w"];
                /** @description Height of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                h?: components["parameters"]["query.h"];
                /** @description How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with margins, `inside` keeps within it. */
                fit?: components["parameters"]["query.fit"];
                /** @description Focus of the crop of `cover` and place of the picture in `contain`: center, top, bottom, left, right, top-left, top-right, bottom-left, bottom-right, or a point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, else `center`. */
                position?: components["parameters"]["query.position"];
                /** @description Quality; by default avif 50, webp 80, jpeg 80 (more for transparent AVIF). Without effect on PNG, which loses nothing. */
                q?: number;
                /** @description Device pixel ratio, 1 by default: `w` and `h` are multiplied by it. */
                dpr?: components["parameters"]["query.dpr"];
                /** @description Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white. */
                background?: components["parameters"]["query.background"];
                /** @description Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art. */
                kernel?: components["parameters"]["query.kernel"];
                /** @description Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. No signature covers it. */
                v?: components["parameters"]["query.v"];
                /** @description Name of one of the server’s presets, in place of all of the above. It needs no signature. */
                preset?: components["parameters"]["query.preset"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. */
                sig?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
                /** @description File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is. */
                format: components["parameters"]["path.format"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. A preset may be cached for a day, a URL with `exp` until then, others for ever. A crop around the focal point of the image: for ever with the `v` of its URL in answers, else it is to be revalidated. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_required_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["route_not_found_or_project_not_found_or_image_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readThumbnail: {
        parameters: {
            query?: {
                /** @description Format, `jpeg` by default. The others are rendered at the first request, transparent where the picture is. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a transparent picture. */
                format?: components["parameters"]["query.format"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cover. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    /** @description The part and the length of the whole. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such project (`project_not_found`). The project has no image yet (`no_primary_image`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readCover: {
        parameters: {
            query?: {
                /** @description Size name; `thumb` by default. `game` is exactly 50 x 50, the others keep the proportions. */
                size?: "original" | "medium" | "thumb" | "game";
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is. */
                format: components["parameters"]["path.format"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cover. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    /** @description The part and the length of the whole. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            302: components["responses"]["Found"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such route (`route_not_found`). No such project (`project_not_found`). The project has no image yet (`no_primary_image`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    deleteImages: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImageDeletion"];
            };
        };
        responses: {
            /** @description Deleted. The current cover. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedImages"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    setPrimaryImage: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Image id, as the upload returned it. */
                image_id: components["parameters"]["path.image_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new cover. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found_or_image_not_found"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    putAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that is unique to this upload. A retry with the same key within 24 hours stores nothing and returns the first response again, with `Idempotent-Replay: true`. */
                "Idempotency-Key"?: components["parameters"]["header.Idempotency-Key"];
                /** @description With `respond-async`, the upload is answered 202 as soon as it is durable, with the job that makes the image. */
                Prefer?: components["parameters"]["header.Prefer"];
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
                /** @description The project is created only if there is none yet; an existing one is answered 412. */
                "If-None-Match"?: components["parameters"]["header.If-None-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Name: 1 to 100 of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, which is not "render". A slash may be plain in the URL, or `%2F`. */
                name: components["parameters"]["path.name"];
            };
            cookie?: never;
        };
        /** @description One file in field `file`: JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC. Text fields describe it, before or after the file. Others are ignored, and named in the response. */
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The image.
                     */
                    file: Blob;
                    /**
                     * @description Name of the image, in place of the name of the file.
                     * @example
                     */
                    name?: string;
                    /** @example  */
                    title?: string;
                    /**
                     * @description Alternative text.
                     * @example
                     */
                    alt?: string;
                    /**
                     * @description A field for each tag, or one with commas between the tags, or one with a JSON array.
                     * @example []
                     */
                    tags?: string[];
                    /**
                     * @description Point that a crop keeps in view, such as `0.3,0.6`, from `0,0` (top left) to `1,1`; or as a JSON object.
                     * @example
                     */
                    focal_point?: string;
                };
            };
        };
        responses: {
            /** @description Replaced, or unchanged (`deduplicated`). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description URL of the asset as JPEG.
                     * @example /projects/cosmic-drift/assets/ui/button-ok.jpg
                     */
                    Location?: string;
                    /**
                     * @description Present on a replayed response.
                     * @example true
                     */
                    "Idempotent-Replay"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedImage"];
                };
            };
            /** @description Stored; the name was free. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description URL of the asset as JPEG.
                     * @example /projects/cosmic-drift/assets/ui/button-ok.jpg
                     */
                    Location?: string;
                    /**
                     * @description Present on a replayed response.
                     * @example true
                     */
                    "Idempotent-Replay"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedImage"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_malformed_multipart_or_file_missing_or_wrong_field_or_too_many_files_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["idempotency_running"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large_or_too_many_pixels"];
            415: components["responses"]["multipart_required_or_not_an_image_or_unsupported_image_type_or_unsupported_image_layout"];
            422: components["responses"]["empty_file_or_damaged_image_or_image_too_slow_or_idempotency_conflict"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full_or_quota_exceeded"];
        };
    };
    deleteAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Name: 1 to 100 of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, which is not "render". A slash may be plain in the URL, or `%2F`. */
                name: components["parameters"]["path.name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. The current cover. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Primary"];
                };
            };
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            /** @description No such project (`project_not_found`). No such asset (`asset_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    listAssets: {
        parameters: {
            query?: {
                /** @description Beginning of the names: 1 to 100 of a-z 0-9 . _ - /. All by default. */
                prefix?: string;
                /** @description Maximum number of assets in the response; all by default. */
                limit?: number;
                /** @description Name behind which the page begins. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The assets. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "7-Zk3xQ0aV"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    readAsset: {
        parameters: {
            query?: {
                /** @description Size name; `original` by default. */
                size?: "original" | "medium" | "thumb" | "game";
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Name: 1 to 100 of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, which is not "render". A slash may be plain in the URL, or `%2F`. */
                name: components["parameters"]["path.name"];
                /** @description File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is. */
                format: components["parameters"]["path.format"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture of the asset at present. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    /** @description The part and the length of the whole. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            302: components["responses"]["Found"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["route_not_found_or_project_not_found_or_image_not_found_or_asset_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    renderAsset: {
        parameters: {
            query?: {
                /** @description Width of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                w?: components["parameters"]["query.w"];
                /** @description Height of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                h?: components["parameters"]["query.h"];
                /** @description How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with margins, `inside` keeps within it. */
                fit?: components["parameters"]["query.fit"];
                /** @description Focus of the crop of `cover` and place of the picture in `contain`: center, top, bottom, left, right, top-left, top-right, bottom-left, bottom-right, or a point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, else `center`. */
                position?: components["parameters"]["query.position"];
                /** @description Format, `jpeg` by default; `jpg` means the same. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a picture that stays transparent. */
                format?: "auto" | "avif" | "webp" | "png" | "jpeg" | "jpg";
                /** @description Quality; by default avif 50, webp 80, jpeg 80 (more for transparent AVIF). Without effect on PNG, which loses nothing. */
                q?: number;
                /** @description Device pixel ratio, 1 by default: `w` and `h` are multiplied by it. */
                dpr?: components["parameters"]["query.dpr"];
                /** @description Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white. */
                background?: components["parameters"]["query.background"];
                /** @description Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art. */
                kernel?: components["parameters"]["query.kernel"];
                /** @description Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. No signature covers it. */
                v?: components["parameters"]["query.v"];
                /** @description Name of one of the server’s presets, in place of all of the above. It needs no signature. */
                preset?: components["parameters"]["query.preset"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. */
                sig?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Name: 1 to 100 of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, which is not "render". A slash may be plain in the URL, or `%2F`. */
                name: components["parameters"]["path.name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture of the asset at present. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    /** @description The part and the length of the whole. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_required_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["route_not_found_or_project_not_found_or_image_not_found_or_asset_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    renderAssetFile: {
        parameters: {
            query?: {
                /** @description Width of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                w?: components["parameters"]["query.w"];
                /** @description Height of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                h?: components["parameters"]["query.h"];
                /** @description How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with margins, `inside` keeps within it. */
                fit?: components["parameters"]["query.fit"];
                /** @description Focus of the crop of `cover` and place of the picture in `contain`: center, top, bottom, left, right, top-left, top-right, bottom-left, bottom-right, or a point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, else `center`. */
                position?: components["parameters"]["query.position"];
                /** @description Quality; by default avif 50, webp 80, jpeg 80 (more for transparent AVIF). Without effect on PNG, which loses nothing. */
                q?: number;
                /** @description Device pixel ratio, 1 by default: `w` and `h` are multiplied by it. */
                dpr?: components["parameters"]["query.dpr"];
                /** @description Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white. */
                background?: components["parameters"]["query.background"];
                /** @description Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art. */
                kernel?: components["parameters"]["query.kernel"];
                /** @description Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. No signature covers it. */
                v?: components["parameters"]["query.v"];
                /** @description Name of one of the server’s presets, in place of all of the above. It needs no signature. */
                preset?: components["parameters"]["query.preset"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. */
                sig?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Name: 1 to 100 of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, which is not "render". A slash may be plain in the URL, or `%2F`. */
                name: components["parameters"]["path.name"];
                /** @description File extension. JPEG is stored; the others are rendered at the first request, transparent where the picture is. */
                format: components["parameters"]["path.format"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture of the asset at present. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    /** @description The part and the length of the whole. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_required_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["route_not_found_or_project_not_found_or_image_not_found_or_asset_not_found"];
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readSourcePicture: {
        parameters: {
            query?: {
                /** @description Width of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                w?: components["parameters"]["query.w"];
                /** @description Height of the result in pixels, before `dpr`. If it is missing, it follows from the other side. */
                h?: components["parameters"]["query.h"];
                /** @description How the picture fits a box of both sides: `cover` (default) fills the box and crops, `contain` fills it with margins, `inside` keeps within it. */
                fit?: components["parameters"]["query.fit"];
                /** @description Focus of the crop of `cover` and place of the picture in `contain`: center, top, bottom, left, right, top-left, top-right, bottom-left, bottom-right, or a point from `0,0` (top left) to `1,1` such as `0.3,0.6`. For `cover` also `focal` (focal point of the image, or its centre), `attention` (salient regions) and `entropy` (detail). By default the focal point where the image has one, else `center`. */
                position?: components["parameters"]["query.position"];
                /** @description Format, `jpeg` by default. The others are rendered at the first request, transparent where the picture is. `auto` negotiates by `Accept`: AVIF, then WebP, if they are listed, else JPEG, or PNG for a transparent picture. */
                format?: components["parameters"]["query.format"];
                /** @description Quality; by default avif 50, webp 80, jpeg 80 (more for transparent AVIF). Without effect on PNG, which loses nothing. */
                q?: number;
                /** @description Device pixel ratio, 1 by default: `w` and `h` are multiplied by it. */
                dpr?: components["parameters"]["query.dpr"];
                /** @description Colour of the margins and behind transparent pixels, `rrggbb` or `rgb` in hex. Without it a transparent picture stays transparent, in JPEG it gets the server’s `BACKGROUND`; margins of other pictures are white. */
                background?: components["parameters"]["query.background"];
                /** @description Resampling: `lanczos3` by default; `nearest` keeps the edges and the exact colours of pixel art. */
                kernel?: components["parameters"]["query.kernel"];
                /** @description Focal point that the URL was made for, as in the URLs of answers. It changes only how long the picture may be cached: where the focal point decides the crop, for ever if it is the current one; without it, the picture is revalidated. No signature covers it. */
                v?: components["parameters"]["query.v"];
                /** @description Name of one of the server’s presets, in place of all of the above. It needs no signature. */
                preset?: components["parameters"]["query.preset"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
                /** @description Size name; `original` by default. `game` is exactly 50 x 50, the others keep the proportions. */
                size?: components["parameters"]["query.size"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Key of the object below the source: 1 to 1024 bytes without control characters and without parts of one or two dots. It is encoded as any part of a URL; a slash may be plain, or `%2F`. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture at present. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The part named by `Range`. Several ranges are answered by the whole picture. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example no-cache
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    /** @description The part and the length of the whole. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            302: components["responses"]["Found"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_required_or_signature_invalid_or_signature_expired"];
            /** @description No such route (`route_not_found`). No such project (`project_not_found`). No such image (`image_not_found`). No such object in the source of the project (`object_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large_or_too_many_pixels"];
            /** @description The file is not an image (`not_an_image`). This type of image is not accepted (`unsupported_image_type`). The image is sound, but its layout cannot be decoded (`unsupported_image_layout`) */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            416: components["responses"]["range_not_satisfiable"];
            /** @description The file is empty (`empty_file`). The image is damaged (`damaged_image`). Decoding the image took too long (`image_too_slow`) */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            /** @description The server is busy (`busy`). The picture could not be processed (`encoder_failed`). The store is read-only (`read_only`). The store cannot be written (`store_unavailable`). The keys of the token issuer cannot be fetched (`issuer_unavailable`). The source of the project cannot be read (`source_unavailable`). The server is shutting down (`shutting_down`) */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Seconds to wait before a retry.
                     * @example 5
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            507: components["responses"]["storage_full_or_quota_exceeded"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description Only jobs in this state. */
                state?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                /** @description Only jobs of this project. */
                project_id?: string;
                /** @description Maximum number of jobs in the response; 100 by default. */
                limit?: number;
                /** @description Id of a job, which may be gone: the page begins behind it. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The jobs. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    readJob: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the end of the job; the response comes at its end, or after them. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description Job id, as the upload returned it. */
                job_id: components["parameters"]["path.job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait; absent once all has ended. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["job_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Job id, as the upload returned it. */
                job_id: components["parameters"]["path.job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancelled job. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["job_not_found"];
            409: components["responses"]["job_conflict"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Job id, as the upload returned it. */
                job_id: components["parameters"]["path.job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job, which waits again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait; absent once all has ended. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            /** @description No such project (`project_not_found`). No such job (`job_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            409: components["responses"]["job_conflict"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full_or_quota_exceeded"];
        };
    };
    readJobThumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Job id, as the upload returned it. */
                job_id: components["parameters"]["path.job_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            304: components["responses"]["NotModified"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such project (`project_not_found`). No such image (`image_not_found`). No such job (`job_not_found`). The job has no image, or not yet (`job_without_image`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Batch id, as the bulk upload returned it. */
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Seconds to wait; absent once all has ended. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            /** @description No such batch (`batch_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    listProjects: {
        parameters: {
            query?: {
                /** @description Maximum number of projects in the response; 100 by default. */
                limit?: number;
                /** @description Cursor: the value of `after` in `next` of an earlier page, unchanged. It stays valid when projects are deleted. It is of one order: the request has the same `sort`. */
                after?: string;
                /** @description Name of `after` in cursors of older versions. */
                from?: string;
                /** @description `id` (default). `updated`, `created`: newest first. `title`: from A to Z without case and accents, by its first 40 characters; a project without a title by its id. Equal ones are sorted by id. */
                sort?: "id" | "updated" | "created" | "title";
                /** @description A tag that the projects have. It may be repeated: they have all of them. */
                tag?: string[];
                /** @description A text that the id or the title contains, in any case and without accents. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of projects. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "kYJ0cXDPzMTTm1xJY6oLWg"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable"];
        };
    };
    readProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The project. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "7"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
                /** @description The project is created only if there is none yet; an existing one is answered 412. */
                "If-None-Match"?: components["parameters"]["header.If-None-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description The project, which existed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "7"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "1"
                     */
                    ETag?: string;
                    /**
                     * @description URL of the project.
                     * @example /projects/cosmic-drift
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            /** @description The project exists and differs from the request (`project_exists`) */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Seconds to wait before a retry.
                     * @example 5
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    deleteProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedProject"];
                };
            };
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    editProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag` of the project or of the list of its images: the change is made only if the project is still at that revision, so that concurrent editors do not overwrite each other. `*` matches any revision. */
                "If-Match"?: components["parameters"]["header.If-Match"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectEdit"];
            };
        };
        responses: {
            /** @description The edited project. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "8"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readArchive: {
        parameters: {
            query?: {
                /** @description Size name; `original` by default. `game` is exactly 50 x 50, the others keep the proportions. */
                size?: components["parameters"]["query.size"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ZIP file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "7-original-archive"
                     */
                    ETag?: string;
                    /** @description There are no ranges. */
                    "Accept-Ranges"?: "none";
                    /**
                     * @description Name of the file.
                     * @example attachment; filename="cosmic-drift.zip"
                     */
                    "Content-Disposition"?: string;
                    /** @description nginx passes the file on as it is made. */
                    "X-Accel-Buffering"?: "no";
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": Blob;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["project_not_found"];
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable"];
        };
    };
    readManifest: {
        parameters: {
            query?: {
                /** @description Size name; `original` by default. `game` is exactly 50 x 50, the others keep the proportions. */
                size?: components["parameters"]["query.size"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to a picture of a private project without credentials and requires `exp`. */
                sig?: components["parameters"]["query.sig"];
                /** @description Format of the URLs, `jpeg` by default; `jpg` means the same. The others are rendered at the first request. */
                format?: "avif" | "webp" | "png" | "jpeg" | "jpg";
                /** @description `files` (default): an object by name. `pixi`: a manifest of PixiJS, with one bundle of the name of the project. */
                layout?: "files" | "pixi";
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The manifest. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "7-uX0fQ2wA"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Manifest"] | components["schemas"]["PixiManifest"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    listMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The owner and the members. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberList"];
                };
            };
            400: components["responses"]["invalid_project_id"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    addMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            /** @description The member. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_project_id_or_invalid_parameter_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            /** @description No account has the e-mail address (`no_such_account`) */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    listLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The links. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkList"];
                };
            };
            400: components["responses"]["invalid_project_id"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    createLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLink"];
            };
        };
        responses: {
            /** @description Created, with its address. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkWithUrl"];
                };
            };
            /** @description The request is not valid HTTP (`malformed_request`). Not a project id (`invalid_project_id`). The body is not valid for this route (`invalid_body`). The upload was aborted (`upload_aborted`) */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found_or_image_not_found"];
            408: components["responses"]["request_timeout"];
            /** @description The project has too many links (`too_many_links`) */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Seconds to wait before a retry.
                     * @example 5
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    revokeLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Id of the link. */
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link has ended. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_project_id"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            /** @description No such project (`project_not_found`). No such link, or it has ended (`link_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    openLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Token in the address of the link. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the link leads to. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Cookie of the link. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedLink"];
                };
            };
            /** @description For browsers. */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description Address of the page, the project or the picture. */
                    Location?: string;
                    /** @description Cookie of the link. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["unexpected_host"];
            /** @description No such link, or it has ended (`link_not_found`); a page for browsers. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                    "text/html": string;
                };
            };
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable"];
        };
    };
    readAtlas: {
        parameters: {
            query?: {
                /** @description Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at most 512 pixels. */
                size?: string;
                /** @description Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`. */
                format?: "webp" | "png" | "jpeg" | "jpg";
                /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
                page?: components["parameters"]["query.page"];
                /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
                multi?: components["parameters"]["query.multi"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to the atlas of a private project, its pages included, and requires `exp`. */
                sig?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The frames, and the URL of the page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Atlas"] | components["schemas"]["MultiAtlas"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host_or_signature_invalid_or_signature_expired"];
            404: components["responses"]["project_not_found"];
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readAtlasPart: {
        parameters: {
            query?: {
                /** @description Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at most 512 pixels. */
                size?: string;
                /** @description Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`. */
                format?: "webp" | "png" | "jpeg" | "jpg";
                /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
                page?: components["parameters"]["query.page"];
                /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
                multi?: components["parameters"]["query.multi"];
                /** @description End of the validity of the URL, in seconds since 1970. */
                exp?: components["parameters"]["query.exp"];
                /** @description Signature of the URL, made by `tintype sign` or `signUrl`. It grants access to the atlas of a private project, its pages included, and requires `exp`. */
                sig?: string;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Number of the page, from 0. */
                index: components["parameters"]["path.index"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The frames, and the URL of the page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Atlas"] | components["schemas"]["MultiAtlas"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such project (`project_not_found`). No such page of an atlas, or it was replaced (`page_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readAtlasPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
                /** @description Name of the page, as `meta.image` gives it. */
                page: components["parameters"]["path.page"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such project (`project_not_found`). No such image (`image_not_found`). No such page of an atlas, or it was replaced (`page_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow_or_too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readCoversAtlas: {
        parameters: {
            query: {
                /** @description Ids of the projects whose covers are shown, in this order, joined by commas. Projects that do not exist, and those that the caller may not see, are left out. */
                projects: string;
                /** @description Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at most 512 pixels. */
                size?: string;
                /** @description Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`. */
                format?: "webp" | "png" | "jpeg" | "jpg";
                /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
                page?: components["parameters"]["query.page"];
                /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
                multi?: components["parameters"]["query.multi"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The frames, and the URL of the page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Atlas"] | components["schemas"]["MultiAtlas"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    readCoversAtlasPart: {
        parameters: {
            query?: {
                /** @description Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at most 512 pixels. */
                size?: string;
                /** @description Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`. */
                format?: "webp" | "png" | "jpeg" | "jpg";
                /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
                page?: components["parameters"]["query.page"];
                /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
                multi?: components["parameters"]["query.multi"];
            };
            header?: never;
            path: {
                /** @description Ids of projects joined by commas, as `meta.image` gives them. */
                projects: components["parameters"]["path.projects"];
                /** @description Number of the page, from 0. */
                index: components["parameters"]["path.index"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The frames, and the URL of the page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Atlas"] | components["schemas"]["MultiAtlas"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            /** @description No such page of an atlas, or it was replaced (`page_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    readCoversAtlasPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Ids of projects joined by commas, as `meta.image` gives them. */
                projects: components["parameters"]["path.projects"];
                /** @description Name of the page, as `meta.image` gives it. */
                page: components["parameters"]["path.page"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such image (`image_not_found`). No such page of an atlas, or it was replaced (`page_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow_or_too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    listCollections: {
        parameters: {
            query?: {
                /** @description Maximum number of collections in the response; 100 by default. */
                limit?: number;
                /** @description The page begins behind this name. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of collections. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionList"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    readCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collection. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["collection_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable"];
        };
    };
    putCollection: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
                /** @description `ETag` of the collection as the caller reads it: the change is made only if a GET would still have it, so that concurrent editors do not overwrite each other. It changes with the covers, too. `*` matches any existing collection. */
                "If-Match"?: string;
                /** @description The collection is created only if there is none yet; an existing one is answered 412. */
                "If-None-Match"?: "*";
            };
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCollection"];
            };
        };
        responses: {
            /** @description The collection, which existed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    /**
                     * @description URL of the collection.
                     * @example /collections/strategy
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description The request is not valid HTTP (`malformed_request`). A parameter has a value that is not accepted (`invalid_parameter`). The body is not valid for this route (`invalid_body`). The upload was aborted (`upload_aborted`) */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["collection_not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    deleteCollection: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
                /** @description `ETag` of the collection as the caller reads it: the change is made only if a GET would still have it, so that concurrent editors do not overwrite each other. It changes with the covers, too. `*` matches any existing collection. */
                "If-Match"?: string;
            };
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["collection_not_found"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readCollectionChanges: {
        parameters: {
            query?: {
                /** @description What is known: the ETag of a GET of the collection, or the "tag" of an earlier answer. Without it, the answer comes at once. */
                since?: string;
                /** @description Longest wait for a change, in seconds; 0 by default. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ETag now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionChanges"];
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["collection_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
        };
    };
    readCollectionAtlas: {
        parameters: {
            query?: {
                /** @description Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at most 512 pixels. */
                size?: string;
                /** @description Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`. */
                format?: "webp" | "png" | "jpeg" | "jpg";
                /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
                page?: components["parameters"]["query.page"];
                /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
                multi?: components["parameters"]["query.multi"];
            };
            header?: never;
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The frames, and the URL of the page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Atlas"] | components["schemas"]["MultiAtlas"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["collection_not_found"];
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readCollectionAtlasPart: {
        parameters: {
            query?: {
                /** @description Size of the frames: `game` (50 x 50, the default), `thumb` (at most 400 x 400), or a preset with both sides, each of at most 512 pixels. */
                size?: string;
                /** @description Format of the pages, `webp` by default; `webp` and `png` are transparent where the pictures are. `jpg` means `jpeg`. */
                format?: "webp" | "png" | "jpeg" | "jpg";
                /** @description Longest side of a page in pixels: 2048 by default, for `thumb` 4096. */
                page?: components["parameters"]["query.page"];
                /** @description All pages in one document, in the form of Phaser’s `load.multiatlas`. Without it, each page has a document of its own, and the first one names the others in `related_multi_packs`, as Pixi reads them. */
                multi?: components["parameters"]["query.multi"];
            };
            header?: never;
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
                /** @description Number of the page, from 0. */
                index: components["parameters"]["path.index"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The frames, and the URL of the page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "k3vF0u1P9wQm2xT7bR5yZa"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Atlas"] | components["schemas"]["MultiAtlas"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            /** @description No such collection (`collection_not_found`). No such page of an atlas, or it was replaced (`page_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            422: components["responses"]["too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readCollectionAtlasPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the collection: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                collection: components["parameters"]["path.collection"];
                /** @description Name of the page, as `meta.image` gives it. */
                page: components["parameters"]["path.page"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "4f0z6k1m9q2w8e5r7t3y-thumb-28412"
                     */
                    ETag?: string;
                    /** @description Time of the last change. */
                    "Last-Modified"?: string;
                    /** @description Range requests are supported. */
                    "Accept-Ranges"?: "bytes";
                    /**
                     * @description Caching policy.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description `Accept` after content negotiation.
                     * @example Accept
                     */
                    Vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            206: components["responses"]["PartialContent"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host_or_signature_invalid_or_signature_expired"];
            /** @description No such collection (`collection_not_found`). No such image (`image_not_found`). No such page of an atlas, or it was replaced (`page_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            412: components["responses"]["precondition_failed"];
            416: components["responses"]["range_not_satisfiable"];
            422: components["responses"]["image_too_slow_or_too_many_images"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_encoder_failed_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description Maximum number of webhooks in the response; 100 by default. */
                limit?: number;
                /** @description Id of a webhook: the page begins behind it. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of webhooks, by id. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
            507: components["responses"]["storage_full"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            /** @description Created, with the secret. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description URL of the webhook. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["project_not_found"];
            408: components["responses"]["request_timeout"];
            /** @description There are too many webhooks (`too_many_webhooks`) */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Seconds to wait before a retry.
                     * @example 5
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    readWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["webhook_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
            507: components["responses"]["storage_full"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["webhook_not_found"];
            409: components["responses"]["webhook_of_settings"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    editWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEdit"];
            };
        };
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            /** @description No such project (`project_not_found`). No such webhook (`webhook_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            408: components["responses"]["request_timeout"];
            409: components["responses"]["webhook_of_settings"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    rotateWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook with its new secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["webhook_not_found"];
            409: components["responses"]["webhook_of_settings"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery: accepted, or failed for the reason in `error`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description The request is not valid HTTP (`malformed_request`) */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            404: components["responses"]["webhook_not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deliveries. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["webhook_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
            507: components["responses"]["storage_full"];
        };
    };
    redeliverWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path: {
                /** @description Webhook id. */
                webhook_id: components["parameters"]["path.webhook_id"];
                /** @description Delivery id. */
                delivery_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new delivery. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description The request is not valid HTTP (`malformed_request`). A parameter has a value that is not accepted (`invalid_parameter`) */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_csrf_or_unexpected_host"];
            /** @description No such project (`project_not_found`). No such webhook (`webhook_not_found`). No such delivery (`delivery_not_found`) */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            408: components["responses"]["request_timeout"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    listChanges: {
        parameters: {
            query?: {
                /** @description A revision that is known, such as the `revision` of the last answer: later ones are reported. Without it, those from now on. */
                since?: number;
                /** @description Longest wait for the first event, in seconds; 0 by default. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, or none at the end of the wait. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changes"];
                };
            };
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
        };
    };
    followProject: {
        parameters: {
            query?: {
                /** @description A revision that is known, such as the `revision` of the last answer: later ones are reported. For clients that cannot send `Last-Event-ID`, which comes first. */
                since?: number;
                /** @description The stream ends after so many seconds; without it, it goes on. */
                seconds?: components["parameters"]["query.seconds"];
            };
            header?: {
                /** @description The `id:` of the last event, which browsers send as they come again. */
                "Last-Event-ID"?: number;
            };
            path: {
                /** @description Project id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. */
                project_id: components["parameters"]["path.project_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events as they happen, in the form of Server-Sent Events (HTML Standard, section 9.2). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 2000
                     *     id: 7
                     *
                     *     event: image.added
                     *     data: {"type":"image.added","project_id":"cosmic-drift","revision":8,"at":"2026-05-04T09:30:00.000Z","image_id":"4f0z6k1m9q2w8e5r7t3y"}
                     *     id: 8
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["invalid_project_id_or_invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["project_not_found"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
        };
    };
    followProjects: {
        parameters: {
            query: {
                /** @description Project ids: 1 to 100 different project ids (1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start), separated by commas. Those that may not be read are as absent ones. */
                projects: string;
                /** @description As the `id:` of an event; for clients that cannot send `Last-Event-ID`, which comes first. */
                since?: string;
                /** @description The stream ends after so many seconds; without it, it goes on. */
                seconds?: components["parameters"]["query.seconds"];
            };
            header?: {
                /** @description The `id:` of the last event, which browsers send as they come again. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events as they happen, in the form of Server-Sent Events (HTML Standard, section 9.2). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 2000
                     *     id: 7
                     *
                     *     event: image.added
                     *     data: {"type":"image.added","project_id":"cosmic-drift","revision":8,"at":"2026-05-04T09:30:00.000Z","image_id":"4f0z6k1m9q2w8e5r7t3y"}
                     *     id: 8
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["invalid_parameter"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal_or_project_damaged"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable_or_shutting_down"];
        };
    };
    signInOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ways. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInOptions"];
                };
            };
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description The account and a session. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookies `tintype_session`, `tintype_refresh` and `tintype_csrf`; present with `cookie: true`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            /** @description Registration is closed (`registration_closed`). The invitation is not valid (`invite_invalid`). The request may come from another site (`csrf`). The host of the request is not accepted (`unexpected_host`) */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            408: components["responses"]["request_timeout"];
            409: components["responses"]["email_taken"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description A session. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookies `tintype_session`, `tintype_refresh` and `tintype_csrf`; present with `cookie: true`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            /** @description The e-mail address or the password is wrong (`wrong_credentials`) */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Authentication scheme.
                     * @example Bearer realm="tintype"
                     */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            403: components["responses"]["csrf_or_unexpected_host"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "ttr_7m2x9k4q1w8e5r3t6y0u_1_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o"
                 *     }
                 */
                "application/json": components["schemas"]["SessionChoice"];
            };
        };
        responses: {
            /** @description The new tokens of the session. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookies `tintype_session`, `tintype_refresh` and `tintype_csrf`; present with `cookie: true`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["csrf_or_unexpected_host"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "ttr_7m2x9k4q1w8e5r3t6y0u_1_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o"
                 *     }
                 */
                "application/json": components["schemas"]["SessionChoice"];
            };
        };
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookies `tintype_session`, `tintype_refresh` and `tintype_csrf`; cleared with `cookie: true`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            403: components["responses"]["csrf_or_unexpected_host"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    signInByProvider: {
        parameters: {
            query?: {
                /** @description Path below this app that the browser is led to afterwards. Default: `/`. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sign-in goes on at the provider. */
            303: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookie `tintype_oidc`, which holds the sealed sign-in for 10 minutes. */
                    "Set-Cookie"?: string;
                    /**
                     * @description Address at the provider.
                     * @example https://id.example.com/auth?state=…
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_parameter"];
            403: components["responses"]["unexpected_host"];
            404: components["responses"]["oidc_not_configured"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["read_only_or_store_unavailable_or_oidc_unavailable"];
            507: components["responses"]["storage_full"];
        };
    };
    finishSignInByProvider: {
        parameters: {
            query?: {
                /** @description Code of the provider, valid once. */
                code?: string;
                /** @description Names the sign-in that the browser began. */
                state?: string;
                /** @description The provider (RFC 9207). */
                iss?: string;
                /** @description Why there is no code. */
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A session, and the page that the sign-in began on. */
            303: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookies `tintype_session`, `tintype_refresh` and `tintype_csrf`; absent after an error; `tintype_oidc` is cleared. */
                    "Set-Cookie"?: string;
                    /**
                     * @description The page.
                     * @example /g/demo
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Registration is closed (`registration_closed`). The identity provider names no e-mail address (`identity_without_email`). The account is disabled (`account_disabled`). The identity provider refused the sign-in (`oidc_denied`). The sign-in was not begun by this browser, or has expired (`oidc_state`). The answer of the identity provider is not valid (`oidc_failed`). The host of the request is not accepted (`unexpected_host`) */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            404: components["responses"]["oidc_not_configured"];
            409: components["responses"]["email_taken"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["read_only_or_store_unavailable_or_oidc_unavailable"];
            507: components["responses"]["storage_full"];
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The principal. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable_or_issuer_unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Value of the cookie `tintype_csrf`; required if the session is identified by a cookie. */
                "X-CSRF-Token"?: components["parameters"]["header.X-CSRF-Token"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current": "correct horse battery staple",
                 *       "new": "quiet river under seven stones"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description A new session. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description The cookies `tintype_session`, `tintype_refresh` and `tintype_csrf`; present with `cookie: true`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            /** @description The e-mail address or the password is wrong (`wrong_credentials`). Authentication is missing or invalid (`unauthenticated`) */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Authentication scheme.
                     * @example Bearer realm="tintype"
                     */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            403: components["responses"]["csrf_or_unexpected_host"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    forgottenPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["ForgottenPassword"];
            };
        };
        responses: {
            /** @description A mail is sent if the address has an account. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            /** @description Passwords are not reset by mail here (`password_reset_closed`). The request may come from another site (`csrf`). The host of the request is not accepted (`unexpected_host`) */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "ttw_7m2x9k4q1w8e5r3t6y0u_0_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o",
                 *       "password": "quiet river under seven stones"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description The password was set: sign in by it. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request_or_invalid_body_or_upload_aborted"];
            /** @description The link for a new password is not valid (`reset_token_invalid`). The request may come from another site (`csrf`). The host of the request is not accepted (`unexpected_host`) */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
            408: components["responses"]["request_timeout"];
            413: components["responses"]["upload_too_large"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_read_only_or_store_unavailable_or_shutting_down"];
            507: components["responses"]["storage_full"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server responds. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            405: components["responses"]["method_not_allowed"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable"];
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The store can be written, or is read-only and can be read. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            405: components["responses"]["method_not_allowed"];
            500: components["responses"]["internal"];
            /** @description The store cannot be written (`store_unavailable`). The server is shutting down (`shutting_down`) */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Seconds to wait before a retry.
                     * @example 5
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & unknown;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example tintype_revisions_committed_total 42 */
                    "text/plain": string;
                };
            };
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["forbidden_or_unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["busy_or_store_unavailable_or_issuer_unavailable"];
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable"];
        };
    };
    openApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /**
                     * @description Validator for If-None-Match.
                     * @example "x2Zc8jPqN3bW0rT6yV1mKA"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            304: components["responses"]["NotModified"];
            403: components["responses"]["unexpected_host"];
            429: components["responses"]["rate_limited"];
            500: components["responses"]["internal"];
            503: components["responses"]["store_unavailable"];
        };
    };
}
