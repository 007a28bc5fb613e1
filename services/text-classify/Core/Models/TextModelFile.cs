using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Moderation.TextClassify.Models;

/// <summary>
/// The model file, little-endian: "MODTEXT1", version, bucket bits and labels (uint32 each); a scale and a bias a label
/// (float32); for each label the number of calibration knots (uint32), their scores, their log-odds (float32); the
/// number of languages (uint32), for each its tag (8 bytes of ASCII) and a bit a label that it may be judged for (uint32); the weights
/// (signed bytes, bucket-major); 8 bytes of zeros; the SHA-256 of everything before.
/// </summary>
internal static class TextModelFile
{
    public const uint Version = 1;
    private const int MinBucketBits = 12;
    private const int HashLength = 32;
    private const int Padding = 8;
    private const int TagLength = 8;
    private static ReadOnlySpan<byte> Magic => "MODTEXT1"u8;

    public static byte[] Write(TextModel model)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write((uint)model.BucketBits);
        writer.Write((uint)TextLabels.Count);
        foreach (var scale in model.Scales) writer.Write(scale);
        foreach (var bias in model.Bias) writer.Write(bias);
        foreach (var calibration in model.Calibrations)
        {
            writer.Write((uint)calibration.Scores.Length);
            foreach (var score in calibration.Scores) writer.Write(score);
            foreach (var odds in calibration.LogOdds) writer.Write(odds);
        }
        writer.Write((uint)model.Languages.Count);
        foreach (var (language, labels) in model.Languages)
        {
            writer.Write(Encoding.ASCII.GetBytes(language.PadRight(TagLength)));
            writer.Write((uint)labels);
        }
        writer.Write(model.Weights.Span[..((1 << model.BucketBits) * TextLabels.Count)]);
        writer.Write(new byte[Padding]);
        writer.Flush();
        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    public static TextModel Read(ReadOnlyMemory<byte> file)
    {
        var span = file.Span;
        if (span.Length < Magic.Length + 12 + HashLength || !span.StartsWith(Magic))
            throw new InvalidDataException("The model file does not start with MODTEXT1: it is not a text model.");
        var reader = new Fields(span[Magic.Length..^HashLength]);
        var (version, bits, labels) = (reader.Number(), reader.Number(), reader.Number());
        if (version != Version) throw new InvalidDataException($"The model file has version {version}; version {Version} is needed.");
        if (bits is < MinBucketBits or > FeatureHasher.BucketBits || labels != TextLabels.Count)
            throw new InvalidDataException(
                $"The model file has 2^{bits} buckets and {labels} labels; 2^{MinBucketBits} to 2^{FeatureHasher.BucketBits} and {TextLabels.Count} are possible.");
        Span<byte> hash = stackalloc byte[HashLength];
        SHA256.HashData(span[..^HashLength], hash);
        if (!hash.SequenceEqual(span[^HashLength..]))
            throw new InvalidDataException("The model file does not match the SHA-256 at its end: it was cut short or changed.");
        var scales = reader.Floats(TextLabels.Count, "scale");
        var bias = reader.Floats(TextLabels.Count, "bias");
        var calibrations = new ScoreCalibration[TextLabels.Count];
        for (var label = 0; label < calibrations.Length; label++)
        {
            var knots = reader.Number();
            if (knots is < 2 or > 64) throw new InvalidDataException($"The model file gives label {label} {knots} calibration knots; 2 to 64 are possible.");
            try
            {
                calibrations[label] = new ScoreCalibration(reader.Floats((int)knots, "calibration"), reader.Floats((int)knots, "calibration"));
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException($"The model file's calibration of label {label} is unusable: {e.Message}", e);
            }
        }
        var competence = new SortedDictionary<string, byte>(StringComparer.Ordinal);
        var languages = reader.Number();
        if (languages > 200) throw new InvalidDataException($"The model file names {languages} languages; 200 are possible.");
        for (var i = 0; i < languages; i++) competence[reader.Tag()] = (byte)reader.Number();
        var start = Magic.Length + reader.Position;
        var length = (1 << (int)bits) * TextLabels.Count + Padding;
        if (file.Length - HashLength - start != length) throw new InvalidDataException($"The model file has {file.Length - HashLength - start} bytes of weights; {length} are needed.");
        return new TextModel(file.Slice(start, length), scales, bias, calibrations, competence, (int)bits);
    }

    private ref struct Fields(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Position { get; private set; }

        public uint Number()
        {
            if (Position + 4 > _bytes.Length) throw new InvalidDataException($"The model file ends at byte {Position} of its header.");
            Position += 4;
            return BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(Position - 4)..]);
        }

        public string Tag()
        {
            Position += TagLength;
            if (Position > _bytes.Length) throw new InvalidDataException("The model file ends within its languages.");
            return Encoding.ASCII.GetString(_bytes[(Position - TagLength)..Position]).TrimEnd();
        }

        public float[] Floats(int count, string name)
        {
            var values = new float[count];
            for (var i = 0; i < count; i++)
            {
                values[i] = BitConverter.UInt32BitsToSingle(Number());
                if (!float.IsFinite(values[i])) throw new InvalidDataException($"The model file's {name} {i} is not a number.");
            }
            return values;
        }
    }
}
