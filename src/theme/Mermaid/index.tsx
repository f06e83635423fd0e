import { useColorMode } from '@docusaurus/theme-common';
import Mermaid from '@theme-original/Mermaid';

/**
 * Draws anew, under a new id, when the colour mode changes. The original draws twice under one id when
 * a page opens in dark mode; Mermaid then takes the first drawing out of the page, and React, which gets
 * the same text again, does not put it back: the diagram is gone.
 */
export default function MermaidInColorMode(props: { value: string }) {
  const { colorMode } = useColorMode();
  return <Mermaid key={colorMode} {...props} />;
}
