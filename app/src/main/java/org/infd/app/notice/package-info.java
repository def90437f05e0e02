/** What the user is told in a line over the picture, with what can be done about it. */
@org.jspecify.annotations.NullMarked
package org.infd.app.notice;
