using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Moderation.ModCtl.Submit;

/// <summary>
/// One JSON object a line: post_id, account_id, channel_id, language, author_language, reply_to_post_id, revision, text, media (paths of
/// pictures relative to the file). Other fields are ignored.
/// </summary>
internal sealed class NdjsonFile(string path, SourceOptions options) : IPostSource
{
    /// <summary>Bytes of a line at most; a text has at most 65,536.</summary>
    public const int MaxLineBytes = 1024 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private double _share;

    public double Share => Volatile.Read(ref _share);

    public async IAsyncEnumerable<SourceRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = new InputFile(path);
        var reader = PipeReader.Create(file.Content, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        for (long line = 1; ; line++)
        {
            var (row, more) = await ReadLineAsync(reader, line, cancellationToken);
            Volatile.Write(ref _share, file.Share);
            if (row is { } found)
            {
                yield return found;
            }

            if (!more)
            {
                yield break;
            }
        }
    }

    private async ValueTask<(SourceRow? Row, bool More)> ReadLineAsync(PipeReader reader, long line, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadAsync(reader, line, cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var row = Parse(buffer.Slice(0, end), line);
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return (row, true);
            }

            if (result.IsCompleted)
            {
                var row = Parse(buffer, line);
                reader.AdvanceTo(buffer.End);
                return (row, false);
            }

            if (buffer.Length > MaxLineBytes)
            {
                throw new InvalidDataException($"{path}:{line}: the line is longer than {MaxLineBytes} bytes; one JSON object a line is right.");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async ValueTask<ReadResult> ReadAsync(PipeReader reader, long line, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException broken)
        {
            throw new InvalidDataException($"{path}:{line}: the compressed file is damaged here: {broken.Message}", broken);
        }
    }

    private SourceRow? Parse(ReadOnlySequence<byte> bytes, long line)
    {
        if (line == 1 && bytes.Length >= ByteOrderMark.Length && bytes.Slice(0, ByteOrderMark.Length).ToArray().AsSpan().SequenceEqual(ByteOrderMark))
        {
            bytes = bytes.Slice(ByteOrderMark.Length);
        }

        var where = $"{path}:{line}";
        if (bytes.Length > MaxLineBytes)
        {
            return new RowProblem(where, "row", $"must be at most {MaxLineBytes} bytes");
        }

        if (IsBlank(bytes))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new NdjsonRow(document.RootElement, where).Read(path, line, options)
                : new RowProblem(where, "row", $"must be a JSON object, is {NdjsonRow.Kind(document.RootElement)}");
        }
        catch (JsonException wrong)
        {
            return new RowProblem(where, "row", $"must be one JSON object in UTF-8; it is broken at byte {wrong.BytePositionInLine + 1}");
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            if (part.Span.ContainsAnyExcept(" \t\r"u8))
            {
                return false;
            }
        }

        return true;
    }
}
