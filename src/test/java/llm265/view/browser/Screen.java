package llm265.view.browser;

/**
 * What a page is looked at on.
 *
 * @param width in CSS pixels
 * @param height likewise
 * @param dark whether the system asks for dark colours
 */
record Screen(int width, int height, boolean dark) {
  static final Screen DESKTOP = new Screen(1440, 900, false);
  static final Screen DARK_DESKTOP = new Screen(1440, 900, true);
  static final Screen PHONE = new Screen(390, 844, false);
  static final Screen DARK_PHONE = new Screen(390, 844, true);

  boolean phone() {
    return width < 800;
  }

  @Override
  public String toString() {
    return (phone() ? "phone" : "desktop") + (dark ? "-dark" : "-light");
  }
}
