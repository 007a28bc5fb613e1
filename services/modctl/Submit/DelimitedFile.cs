using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary>
/// CSV (RFC 4180) or TSV (no quoting) with a header line. Columns as the fields of NDJSON; <c>lang</c> is read as <c>language</c>;
/// <c>media</c> holds paths with ; between them. Other columns are ignored.
/// </summary>
internal sealed class DelimitedFile(string path, SourceOptions options, string delimiter) : IPostSource
{
    private double _share;

    public double Share => Volatile.Read(ref _share);

    public async IAsyncEnumerable<SourceRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = new InputFile(path);
        using var reader = new StreamReader(file.Content, new UTF8Encoding(false, throwOnInvalidBytes: true), true, 64 * 1024, leaveOpen: true);
        var badQuote = false;
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            // Tab-separated texts are full of quotation marks that mean nothing.
            Mode = delimiter == "\t" ? CsvMode.NoEscape : CsvMode.RFC4180,
            MaxFieldSize = NdjsonFile.MaxLineBytes,
            BadDataFound = _ => badQuote = true,
        });
        if (!await NextAsync(parser, cancellationToken))
        {
            throw new InvalidDataException($"{path}:1: a header line with the names of the columns is needed; the file is empty.");
        }

        var header = parser.Record ?? [];
        var columns = Columns(header);
        for (long row = 1; await NextAsync(parser, cancellationToken); row++)
        {
            Volatile.Write(ref _share, file.Share);
            cancellationToken.ThrowIfCancellationRequested();
            badQuote = false;
            var record = parser.Record ?? [];
            var where = $"{path}:{FirstLine(parser)}";
            if (badQuote)
            {
                yield return new RowProblem(where, "row", "has a quotation mark in the wrong place; a field with one is quoted, and the mark doubled (RFC 4180)");
            }
            else if (record.Length != header.Length)
            {
                yield return new RowProblem(where, "row", $"must have {header.Length} columns like the header, has {record.Length}");
            }
            else if (Read(record, columns, row, where) is { } found)
            {
                yield return found;
            }
        }
    }

    private async ValueTask<bool> NextAsync(CsvParser parser, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await parser.ReadAsync();
        }
        catch (MaxFieldSizeException)
        {
            throw new InvalidDataException(
                $"{path}:{parser.RawRow + 1}: a field is longer than {NdjsonFile.MaxLineBytes} characters; is a quotation mark not closed?");
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{path}: the bytes after line {parser.RawRow} are not UTF-8; convert the file first (iconv does it).");
        }
        catch (InvalidDataException broken)
        {
            throw new InvalidDataException($"{path}: the compressed file is damaged after line {parser.RawRow}: {broken.Message}", broken);
        }
    }

    private Dictionary<string, int> Columns(string[] header)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            if (!columns.TryAdd(header[i].Trim(), i))
            {
                throw new InvalidDataException($"{path}:1: the column '{FailureText.Printable(header[i])}' is named twice.");
            }
        }

        var names = string.Join(", ", header.Select(FailureText.Printable));
        if (!columns.ContainsKey(options.TextField) && !columns.ContainsKey("media"))
        {
            throw new InvalidDataException($"{path}:1: there is no column '{options.TextField}' in the header ({names}); say which with --text-column.");
        }

        foreach (var (field, _) in options.Where)
        {
            if (!columns.ContainsKey(field))
            {
                throw new InvalidDataException($"{path}:1: --where names the column '{field}', which is not in the header ({names}).");
            }
        }

        return columns;
    }

    private SourceRow? Read(string[] record, Dictionary<string, int> columns, long row, string where)
    {
        string Field(string name) => columns.TryGetValue(name, out var at) ? record[at] : "";
        if (options.Where.Any(w => Field(w.Field) != w.Value))
        {
            return null;
        }

        var revision = 0L;
        if (Field("revision") is { Length: > 0 } text && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out revision))
        {
            return new RowProblem(where, "revision", "must be a whole number");
        }

        return new RowFields
        {
            PostId = Field(options.IdField),
            AccountId = Field("account_id"),
            ChannelId = Field("channel_id"),
            Language = Field(columns.ContainsKey("language") ? "language" : "lang"),
            AuthorLanguage = Field("author_language"),
            ReplyToPostId = Field("reply_to_post_id"),
            Text = Field(options.TextField),
            Revision = revision,
            Media = Field("media").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        }.ToRow(path, row, where, options.TextField);
    }

    // RawRow is the last line of the record, which has several when a quoted field does.
    private static int FirstLine(CsvParser parser) => parser.RawRow - parser.RawRecord.AsSpan().TrimEnd("\r\n").Count('\n');
}
