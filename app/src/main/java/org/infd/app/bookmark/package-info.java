/** Places in pictures that the user wants to find again. */
@org.jspecify.annotations.NullMarked
package org.infd.app.bookmark;
