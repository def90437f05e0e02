/** Text as CLIP's text tower reads it: cleaning, byte-pair encoding, token rows. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.text;
