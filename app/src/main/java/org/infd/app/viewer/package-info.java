/** The viewer: where the user is in a field, which tiles that needs, and how they are drawn. */
@org.jspecify.annotations.NullMarked
package org.infd.app.viewer;
