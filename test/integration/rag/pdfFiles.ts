/** PDF files as simple as they can be, made here so that tests need no binary fixtures. */

/** A line of text, its height in points, and its baseline from the top of the page. */
export interface PdfLine {
  readonly text: string;
  readonly top: number;
  readonly height?: number;
}

/** @param encrypted by a password that nobody gives */
export function pdfOf(pages: readonly (readonly PdfLine[])[], encrypted = false): Buffer {
  const pageIds = pages.map((_, at) => 4 + at * 2);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pageIds.map((id) => `${id} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((lines, at) => {
      const content = lines.map(lineOf).join('\n');
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${(pageIds[at] ?? 0) + 1} 0 R ` +
          '/Resources << /Font << /F1 3 0 R >> >> >>',
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  if (encrypted) {
    const hash = 'ab'.repeat(32);
    objects.push(`<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <${hash}> /U <${hash}> >>`);
  }
  return assemble(objects, encrypted ? `/Encrypt ${objects.length} 0 R /ID [<00> <00>]` : '');
}

function lineOf({ text, top, height = 12 }: PdfLine): string {
  return `BT /F1 ${height} Tf 50 ${842 - top} Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
}

function assemble(objects: readonly string[], more: string): Buffer {
  let file = '%PDF-1.4\n';
  const offsets: number[] = [];
  for (const [at, object] of objects.entries()) {
    offsets.push(file.length);
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R ${more} >>`;
  return Buffer.from(
    `${file}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}\nstartxref\n${file.length}\n%%EOF\n`,
  );
}
