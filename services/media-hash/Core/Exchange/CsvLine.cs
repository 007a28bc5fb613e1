using System.Text;

namespace Moderation.MediaHash.Exchange;

/// <summary>A record of a CSV file that lies on one line (RFC 4180 without line breaks in fields; hashes have none).</summary>
internal static class CsvLine
{
    /// <summary>Its fields; null when a quotation mark is in the wrong place.</summary>
    public static List<string>? Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var at = 0; ; at++)
        {
            field.Clear();
            if (at < line.Length && line[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (at >= line.Length)
                        return null;
                    if (line[at] != '"')
                        field.Append(line[at]);
                    else if (at + 1 < line.Length && line[at + 1] == '"')
                        field.Append(line[++at]);
                    else
                        break;
                }
                at++;
                if (at < line.Length && line[at] != ',')
                    return null;
            }
            else
            {
                for (; at < line.Length && line[at] != ','; at++)
                {
                    if (line[at] == '"')
                        return null;
                    field.Append(line[at]);
                }
            }
            fields.Add(field.ToString());
            if (at >= line.Length)
                return fields;
        }
    }

    /// <summary>A record. What a spreadsheet would take for a formula is left as it is: hashes and ids are no formulas, and a list must come back as it went.</summary>
    public static string Join(IEnumerable<string> fields) => string.Join(',', fields.Select(Quote));

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";
}
