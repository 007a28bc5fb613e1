using System.Text.Json;

namespace Moderation.Enforcement.Audit;

/// <summary>One line of a segment or an export.</summary>
public abstract record AuditLine
{
    private protected AuditLine()
    {
    }

    /// <summary>As a line of NDJSON, with its line feed.</summary>
    public abstract byte[] ToJson();

    /// <summary>Reads one line.</summary>
    /// <exception cref="FormatException">It is no line of an audit.</exception>
    public static AuditLine Parse(ReadOnlySpan<byte> line)
    {
        using var document = AuditJson.Read(line);
        var root = document.RootElement;
        try
        {
            return root.TryGetProperty("n", out _) ? EntryLine.Read(root)
                : root.TryGetProperty("seal", out var seal) ? SealLine.Read(seal)
                : root.TryGetProperty("checkpoint", out var checkpoint) ? CheckpointLine.Read(checkpoint)
                : root.TryGetProperty("heads", out var heads) ? new HeadsLine([.. heads.EnumerateArray().Select(HeadsLine.ReadHead)])
                : root.TryGetProperty("key", out var key) ? new KeyLine(key.GetBytesFromBase64())
                : throw new FormatException("neither an entry nor a seal, checkpoint, heads or key");
        }
        catch (Exception wrong) when (wrong is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }
}

/// <summary>A public key that signed; a copy, to be trusted only when it is known from elsewhere.</summary>
public sealed record KeyLine(byte[] PublicKey) : AuditLine
{
    /// <inheritdoc />
    public override byte[] ToJson() => AuditJson.Write(json => json.WriteBase64String("key", PublicKey));
}

/// <summary>Where all chains stood before the lines that follow.</summary>
public sealed record HeadsLine(IReadOnlyList<ChainHead> Heads) : AuditLine
{
    /// <inheritdoc />
    public override byte[] ToJson() => AuditJson.Write(json => WriteHeads(json, Heads));

    internal static void WriteHeads(Utf8JsonWriter json, IReadOnlyList<ChainHead> heads)
    {
        json.WriteStartArray("heads");
        foreach (var head in heads)
        {
            json.WriteStartObject();
            json.WriteString("chain", head.Chain);
            json.WriteNumber("seal", head.Seal);
            json.WriteNumber("last", head.LastEntry);
            json.WriteString("hash", AuditJson.Hex(head.SealHash));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static ChainHead ReadHead(JsonElement head) => new(
        AuditJson.Text(head, "chain"), head.GetProperty("seal").GetInt64(), head.GetProperty("last").GetInt64(), AuditJson.Hex(head, "hash"));
}

/// <summary>An entry, for a decision with its record encrypted under the key of its account.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Entry">The entry.</param>
/// <param name="TimeMs">Its time, Unix milliseconds; a copy for searching.</param>
/// <param name="Account">The account's pseudonym, by which its key is found; empty without a record.</param>
/// <param name="Record">The encrypted record; empty when there is none.</param>
public sealed record EntryLine(string Chain, ChainEntry Entry, long TimeMs, ReadOnlyMemory<byte> Account, ReadOnlyMemory<byte> Record) : AuditLine
{
    /// <inheritdoc />
    public override byte[] ToJson() => AuditJson.Write(json =>
    {
        json.WriteString("chain", Chain);
        json.WriteNumber("n", Entry.Number);
        json.WriteNumber("t", TimeMs);
        json.WriteBase64String("a", Entry.Bytes.Span);
        if (!Record.IsEmpty)
        {
            json.WriteString("k", AuditJson.Hex(Account));
            json.WriteBase64String("r", Record.Span);
        }
    });

    internal static EntryLine Read(JsonElement root)
    {
        var sealedRecord = root.TryGetProperty("r", out var record);
        return new EntryLine(
            AuditJson.Text(root, "chain"),
            new ChainEntry(root.GetProperty("n").GetInt64(), root.GetProperty("a").GetBytesFromBase64()),
            root.GetProperty("t").GetInt64(),
            sealedRecord ? AuditJson.Hex(root, "k") : [],
            sealedRecord ? record.GetBytesFromBase64() : []);
    }
}

/// <summary>A seal; it closes the entries of its chain before it.</summary>
public sealed record SealLine(Seal Seal) : AuditLine
{
    /// <inheritdoc />
    public override byte[] ToJson() => AuditJson.Write(json =>
    {
        json.WriteStartObject("seal");
        json.WriteString("chain", Seal.Chain);
        json.WriteNumber("number", Seal.Number);
        json.WriteNumber("first", Seal.First);
        json.WriteNumber("last", Seal.Last);
        json.WriteString("previous", AuditJson.Hex(Seal.PreviousHash));
        json.WriteString("entries", AuditJson.Hex(Seal.EntriesHash));
        json.WriteBase64String("marks", Seal.Marks.Span);
        json.WriteNumber("time", Seal.TimeMs);
        json.WriteString("key", Seal.KeyId);
        json.WriteBase64String("signature", Seal.Signature.Span);
        json.WriteEndObject();
    });

    internal static SealLine Read(JsonElement seal) => new(new Seal
    {
        Chain = AuditJson.Text(seal, "chain"),
        Number = seal.GetProperty("number").GetInt64(),
        First = seal.GetProperty("first").GetInt64(),
        Last = seal.GetProperty("last").GetInt64(),
        PreviousHash = AuditJson.Hex(seal, "previous"),
        EntriesHash = AuditJson.Hex(seal, "entries"),
        Marks = seal.GetProperty("marks").GetBytesFromBase64(),
        TimeMs = seal.GetProperty("time").GetInt64(),
        KeyId = AuditJson.Text(seal, "key"),
        Signature = seal.GetProperty("signature").GetBytesFromBase64(),
    });
}

/// <summary>A checkpoint; it stands behind all seals that it names.</summary>
public sealed record CheckpointLine(Checkpoint Checkpoint) : AuditLine
{
    /// <inheritdoc />
    public override byte[] ToJson() => AuditJson.Write(json =>
    {
        json.WriteStartObject("checkpoint");
        json.WriteNumber("number", Checkpoint.Number);
        json.WriteNumber("time", Checkpoint.TimeMs);
        json.WriteString("previous", AuditJson.Hex(Checkpoint.PreviousHash));
        HeadsLine.WriteHeads(json, Checkpoint.Heads);
        json.WriteString("key", Checkpoint.KeyId);
        json.WriteBase64String("signature", Checkpoint.Signature.Span);
        json.WriteEndObject();
    });

    internal static CheckpointLine Read(JsonElement checkpoint) => new(new Checkpoint
    {
        Number = checkpoint.GetProperty("number").GetInt64(),
        TimeMs = checkpoint.GetProperty("time").GetInt64(),
        PreviousHash = AuditJson.Hex(checkpoint, "previous"),
        Heads = [.. checkpoint.GetProperty("heads").EnumerateArray().Select(HeadsLine.ReadHead)],
        KeyId = AuditJson.Text(checkpoint, "key"),
        Signature = checkpoint.GetProperty("signature").GetBytesFromBase64(),
    });
}
