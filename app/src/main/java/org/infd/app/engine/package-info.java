/** The engine as the studio sees it: models to choose from, open pictures, previews, costs. */
@org.jspecify.annotations.NullMarked
package org.infd.app.engine;
