/** What a picture file shall hold: which part, how large, in which format, and what that costs. */
@org.jspecify.annotations.NullMarked
package org.infd.app.export;
