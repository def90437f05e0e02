/** Picture files: which part of the picture, how large, in which format, and the cost of that. */
@org.jspecify.annotations.NullMarked
package org.infd.app.export;
