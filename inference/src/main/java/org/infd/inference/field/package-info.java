/** Neural fields: the colours of any rectangle at any scale from a feature map, seamless. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.field;
