/** Making pictures: the recipe, the run with its live preview, and writing the result to files. */
@org.jspecify.annotations.NullMarked
package org.infd.app.generate;
