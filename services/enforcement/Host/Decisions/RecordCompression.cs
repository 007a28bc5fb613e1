using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// Zstandard with a dictionary that holds what records of decisions repeat: sentences of notices, names of rules and clauses, their own shape. So
/// short a record as one decision has nothing to refer to but that.
/// </summary>
internal static class RecordCompression
{
    private const int Level = 3;
    private static readonly byte[] Dictionary = LoadDictionary();

    [ThreadStatic]
    private static Compressor? _compressor;

    [ThreadStatic]
    private static Decompressor? _decompressor;

    /// <summary>The most bytes that a record of this length can take.</summary>
    public static int MostOf(int length) => Compressor.GetCompressBound(length);

    /// <summary>Compresses a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="into">Where to, at least <see cref="MostOf"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Compress(ReadOnlySpan<byte> record, Span<byte> into) => (_compressor ??= NewCompressor()).Wrap(record, into);

    /// <summary>The record.</summary>
    /// <exception cref="ZstdException">The bytes are no such record.</exception>
    public static ReadOnlySpan<byte> Decompress(ReadOnlySpan<byte> compressed) => (_decompressor ??= NewDecompressor()).Unwrap(compressed);

    // Whoever keeps the bytes knows which dictionary it was, so the frame need not say it.
    private static Compressor NewCompressor()
    {
        var compressor = new Compressor(Level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_dictIDFlag, 0);
        compressor.LoadDictionary(Dictionary);
        return compressor;
    }

    private static Decompressor NewDecompressor()
    {
        var decompressor = new Decompressor();
        decompressor.LoadDictionary(Dictionary);
        return decompressor;
    }

    private static byte[] LoadDictionary()
    {
        using var stream = typeof(RecordCompression).Assembly.GetManifestResourceStream("decision-1.dict")
            ?? throw new InvalidOperationException("the dictionary of stored decisions is not in the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
