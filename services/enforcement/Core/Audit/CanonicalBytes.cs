using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Moderation.Enforcement.Audit;

/// <summary>
/// Bytes that whoever signs and whoever verifies build alike: a label that says what they are, then the fields in order, integers as 8 bytes
/// big-endian, texts and bytes behind their length. No two different values have the same bytes.
/// </summary>
internal sealed class CanonicalBytes
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    public CanonicalBytes(string label) => Add(label);

    public ReadOnlySpan<byte> Span => _buffer.WrittenSpan;

    public CanonicalBytes Add(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
        return this;
    }

    public CanonicalBytes Add(ReadOnlySpan<byte> value)
    {
        Add(value.Length);
        _buffer.Write(value);
        return this;
    }

    public CanonicalBytes Add(string value) => Add(Encoding.UTF8.GetBytes(value));
}
