using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Moderation.MediaHash.Hashing;

/// <summary>
/// A 256-bit PDQ hash. Bit <c>16 * i + j</c> says whether the DCT coefficient in row i and column j of the 16x16 block lies above the
/// block's median. Word 0 holds bits 0..63, word 3 bits 192..255; text is 64 lower-case hexadecimal digits, highest bit first, as the
/// reference implementation prints it.
/// </summary>
/// <param name="W0">Bits 0 to 63.</param>
/// <param name="W1">Bits 64 to 127.</param>
/// <param name="W2">Bits 128 to 191.</param>
/// <param name="W3">Bits 192 to 255.</param>
public readonly record struct PdqHash(ulong W0, ulong W1, ulong W2, ulong W3)
{
    /// <summary>Number of bits, and the greatest possible distance.</summary>
    public const int BitCount = 256;

    /// <summary>Number of hexadecimal digits of the text form.</summary>
    public const int HexLength = 64;

    /// <summary>Number of bytes of the binary form.</summary>
    public const int ByteLength = 32;

    /// <summary>Number of bits in which two hashes differ, 0 to 256.</summary>
    public int HammingDistance(in PdqHash other) =>
        BitOperations.PopCount(W0 ^ other.W0) + BitOperations.PopCount(W1 ^ other.W1)
        + BitOperations.PopCount(W2 ^ other.W2) + BitOperations.PopCount(W3 ^ other.W3);

    /// <summary>The 16 bits of band <paramref name="band"/> (0 to 15); band 0 holds the lowest bits.</summary>
    internal int Band(int band) => (int)(Word(band >> 2) >> ((band & 3) << 4)) & 0xFFFF;

    /// <summary>Reads 64 hexadecimal digits of either case; anything else, surrounding space included, is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PdqHash hash) => TryParse(text.AsSpan(), out hash);

    /// <inheritdoc cref="TryParse(string?, out PdqHash)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out PdqHash hash)
    {
        hash = default;
        if (text.Length != HexLength)
            return false;
        Span<ulong> words = stackalloc ulong[4];
        for (var i = 0; i < 4; i++)
        {
            if (!ulong.TryParse(text.Slice(i * 16, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out words[i]))
                return false;
        }
        hash = new PdqHash(words[3], words[2], words[1], words[0]);
        return true;
    }

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not 64 hexadecimal digits.</exception>
    public static PdqHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("A PDQ hash is written as 64 hexadecimal digits.");

    /// <summary>Reads 32 bytes, highest bits first: the bytes that the hexadecimal form spells.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public static PdqHash FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
            throw new ArgumentException("A PDQ hash is 32 bytes long.", nameof(bytes));
        return new PdqHash(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Writes 32 bytes, highest bits first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than 32 bytes.</exception>
    public void WriteBytes(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, ByteLength);
        BinaryPrimitives.WriteUInt64BigEndian(destination, W3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], W0);
    }

    /// <summary>The 32 bytes, highest bits first.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[ByteLength];
        WriteBytes(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{W3:x16}{W2:x16}{W1:x16}{W0:x16}");

    private ulong Word(int index) => index switch { 0 => W0, 1 => W1, 2 => W2, _ => W3 };
}
