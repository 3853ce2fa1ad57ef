package llm265.baseline;

/** E2M1, the 4-bit float of the OCP Microscaling specification: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and a sign. */
final class Float4 {
  static final float GREATEST = 6;

  private Float4() {}

  /** The nearest value: ties go to the even code, and what is greater than 6 becomes 6. */
  static float nearest(float value) {
    float magnitude = Math.abs(value);
    // Steps are 0.5 below 2, 1 below 4, and 2 from there; half-even in steps is half-even in codes.
    float step = magnitude < 2 ? 0.5f : magnitude < 4 ? 1 : 2;
    float rounded = Math.min(GREATEST, step * (float) Math.rint(magnitude / step));
    return Math.copySign(rounded, value);
  }
}
