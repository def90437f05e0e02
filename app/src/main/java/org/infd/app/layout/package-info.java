/** Layouts: boxes with prompts that steer a picture, drawn over it and listed beside it. */
@org.jspecify.annotations.NullMarked
package org.infd.app.layout;
