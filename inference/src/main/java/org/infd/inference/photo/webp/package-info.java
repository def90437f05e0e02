/** Pictures of WebP: lossy ones (RFC 6386, key frames), lossless ones and opacity (RFC 9649). */
@org.jspecify.annotations.NullMarked
package org.infd.inference.photo.webp;
