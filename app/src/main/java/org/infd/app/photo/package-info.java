/** Photos that become fields: reading them, and choosing a square. */
@org.jspecify.annotations.NullMarked
package org.infd.app.photo;
