namespace Moderation.Enforcement.Audit;

/// <summary>Says, signed, that retention dropped the segments before one: so that a beginning that is missing is told from one that was taken.</summary>
/// <param name="First">The first segment that is kept.</param>
/// <param name="PreviousHash">Hash of the manifest before it.</param>
/// <param name="TimeMs">When, Unix milliseconds.</param>
/// <param name="KeyId">The key that signed.</param>
/// <param name="Signature">Over <see cref="Canonical"/>.</param>
public sealed record PruneMark(long First, ReadOnlyMemory<byte> PreviousHash, long TimeMs, string KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Marks <paramref name="first"/> as the first that is kept.</summary>
    public static PruneMark Make(SegmentManifest first, long timeMs, AuditSigner signer)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(signer);
        var open = new PruneMark(first.Number, first.PreviousHash, timeMs, signer.KeyId, default);
        return open with { Signature = signer.Sign(open.Canonical()) };
    }

    /// <summary>What is signed.</summary>
    public byte[] Canonical()
        => new CanonicalBytes("moderation.audit.pruned.v1").Add(First).Add(PreviousHash.Span).Add(TimeMs).Add(KeyId).Span.ToArray();

    /// <summary>As one line of JSON.</summary>
    public byte[] ToJson() => AuditJson.Write(json =>
    {
        json.WriteNumber("first", First);
        json.WriteString("previous", AuditJson.Hex(PreviousHash));
        json.WriteNumber("time", TimeMs);
        json.WriteString("key", KeyId);
        json.WriteBase64String("signature", Signature.Span);
    });

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static PruneMark Parse(ReadOnlySpan<byte> json)
    {
        using var document = AuditJson.Read(json);
        var root = document.RootElement;
        try
        {
            var mark = new PruneMark(
                root.GetProperty("first").GetInt64(), AuditJson.Hex(root, "previous"), root.GetProperty("time").GetInt64(), AuditJson.Text(root, "key"),
                root.GetProperty("signature").GetBytesFromBase64());
            return json.SequenceEqual(mark.ToJson()) ? mark : throw new FormatException("not as it was written");
        }
        catch (Exception wrong) when (wrong is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }
}
