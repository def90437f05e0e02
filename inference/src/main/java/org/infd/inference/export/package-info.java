/** Pictures on disk: streamed by bands, with metadata, whole or not at all. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.export;
