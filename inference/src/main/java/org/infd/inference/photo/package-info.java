/** Picture files of any origin as display colours: what is in them, read within bounds. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.photo;
