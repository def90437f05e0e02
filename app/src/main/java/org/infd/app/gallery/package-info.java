/** Every picture that was made, kept as a field file: to be found, opened and deleted again. */
@org.jspecify.annotations.NullMarked
package org.infd.app.gallery;
