import MDXComponents from '@theme-original/MDXComponents';
import { PageVerdict } from '../site/components/PageVerdict.tsx';
import { Option, Question } from '../site/components/Quiz.tsx';
import { Snippet } from '../site/components/Snippet.tsx';
import { Table } from '../site/components/Table.tsx';
import { TruthTable } from '../site/components/TruthTable.tsx';

/** What a page may use without importing it. */
export default {
  ...MDXComponents,
  table: Table,
  PageVerdict,
  Snippet,
  TruthTable,
  Question,
  Option,
};
