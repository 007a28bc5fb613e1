using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Moderation.TextClassify.Models;

/// <summary>
/// A hashed linear text model: one signed byte for each of up to 2^20 buckets and 7 labels, a scale and a bias a label, and
/// a calibration a label. Immutable and safe to share between threads.
/// </summary>
public sealed class TextModel
{
    private readonly ReadOnlyMemory<byte> _weights;
    private readonly float[] _scales;
    private readonly float[] _bias;
    private readonly ScoreCalibration[] _calibrations;
    private readonly SortedDictionary<string, byte> _competence;
    private readonly FrozenDictionary<string, byte> _masks;
    private readonly int _shift;

    internal TextModel(
        ReadOnlyMemory<byte> weights, float[] scales, float[] bias, ScoreCalibration[] calibrations, SortedDictionary<string, byte> competence,
        int bucketBits = FeatureHasher.BucketBits)
    {
        _shift = FeatureHasher.BucketBits - bucketBits;
        BucketBits = bucketBits;
        _weights = weights;
        _scales = scales;
        _bias = bias;
        _calibrations = calibrations;
        _competence = competence;
        _masks = competence.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Weights as bucket-major signed bytes, followed by at least one byte of padding (rows are read as 8 bytes).</summary>
    internal ReadOnlyMemory<byte> Weights => _weights;

    /// <summary>Features are hashed into 2^BucketBits buckets: the top bits of the hasher's.</summary>
    internal int BucketBits { get; }

    internal ReadOnlySpan<float> Scales => _scales;

    internal ReadOnlySpan<float> Bias => _bias;

    internal ReadOnlySpan<ScoreCalibration> Calibrations => _calibrations;

    internal IReadOnlyDictionary<string, byte> Languages => _competence;

    /// <summary>Whether the model has learnt to tell a label's harmful texts from harmless ones in a language.</summary>
    /// <param name="language">BCP 47 primary language; "und", for a short Latin text, counts as English.</param>
    /// <param name="label">The label.</param>
    public bool IsCompetent(string language, TextLabel label) =>
        (_masks.GetValueOrDefault(language == "und" ? "en" : language) >> (int)label & 1) != 0;

    /// <summary>Opens a model file that is held in memory; the weights are used in place.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="InvalidDataException">The file is not a model, is of another version, is cut short, or was changed.</exception>
    public static TextModel Load(ReadOnlyMemory<byte> file) => TextModelFile.Read(file);

    /// <summary>Scores a text. Allocates nothing.</summary>
    /// <param name="normalized">A normalised text with personal data replaced; its length decides the cost.</param>
    /// <param name="probabilities">Receives a calibrated probability, 0 to 1, for each label; at least 7 long.</param>
    /// <exception cref="ArgumentException"><paramref name="probabilities"/> is shorter than 7.</exception>
    public void Score(ReadOnlySpan<char> normalized, Span<float> probabilities)
    {
        ScoreRaw(normalized, probabilities);
        for (var label = 0; label < TextLabels.Count; label++) probabilities[label] = _calibrations[label].Probability(probabilities[label]);
    }

    /// <summary>Scores before calibration: bias + words / sqrt(their number) + character runs / sqrt(their number).</summary>
    internal void ScoreRaw(ReadOnlySpan<char> normalized, Span<float> scores)
    {
        if (scores.Length < TextLabels.Count) throw new ArgumentException($"{TextLabels.Count} scores are needed, {scores.Length} fit.", nameof(scores));
        var sink = new Sums(_weights.Span, _shift, stackalloc uint[Sums.Pending], stackalloc uint[Sums.Pending]);
        FeatureHasher.Visit(normalized, ref sink);
        Span<int> words = stackalloc int[8];
        Span<int> grams = stackalloc int[8];
        sink.Flush();
        sink.WordSum.CopyTo(words);
        sink.GramSum.CopyTo(grams);
        var wordFactor = sink.WordCount > 0 ? 1 / MathF.Sqrt(sink.WordCount) : 0;
        var gramFactor = sink.GramCount > 0 ? 1 / MathF.Sqrt(sink.GramCount) : 0;
        for (var label = 0; label < TextLabels.Count; label++)
            scores[label] = _bias[label] + _scales[label] * (words[label] * wordFactor + grams[label] * gramFactor);
    }

    /// <summary>What one bucket adds to a label's sums, before the division by the square root of the number of features.</summary>
    internal float Weight(uint bucket, int label) => _scales[label] * (sbyte)_weights.Span[(int)(bucket >> _shift) * TextLabels.Count + label];

    /// <summary>
    /// Buckets are gathered first and their rows added in a loop that does nothing else: most rows come from outside of the nearest cache, and so
    /// more of them are on their way at once.
    /// </summary>
    private ref struct Sums(ReadOnlySpan<byte> weights, int shift, Span<uint> words, Span<uint> grams) : IFeatureSink
    {
        /// <summary>Rows added up before the sums are widened: 256 of them fit a short.</summary>
        public const int Pending = 256;

        private readonly ref byte _weights = ref MemoryMarshal.GetReference(weights);
        private readonly int _shift = shift;
        private readonly Span<uint> _words = words;
        private readonly Span<uint> _grams = grams;
        private int _pendingWords;
        private int _pendingGrams;

        // Integer sums are exact, so the order of features never matters. 2^24 features of weight 127 fit.
        public Vector256<int> WordSum;
        public Vector256<int> GramSum;
        public int WordCount;
        public int GramCount;

        public void Word(uint bucket, int start, int end)
        {
            _words[_pendingWords++] = bucket;
            if (_pendingWords == Pending) Flush();
        }

        public void Gram(uint bucket, int start, int end)
        {
            _grams[_pendingGrams++] = bucket;
            if (_pendingGrams == Pending) Flush();
        }

        public void Flush()
        {
            WordSum += Add(_words[.._pendingWords]);
            GramSum += Add(_grams[.._pendingGrams]);
            WordCount += _pendingWords;
            GramCount += _pendingGrams;
            _pendingWords = _pendingGrams = 0;
        }

        private readonly Vector256<int> Add(ReadOnlySpan<uint> buckets)
        {
            Vector128<short> even = default, odd = default;
            var i = 0;
            for (; i + 1 < buckets.Length; i += 2)
            {
                even += Row(buckets[i]);
                odd += Row(buckets[i + 1]);
            }
            if (i < buckets.Length) even += Row(buckets[i]);
            var (low, high) = Vector128.Widen(even + odd);
            return Vector256.Create(low, high);
        }

        // The eighth byte belongs to the next bucket (or the padding); its sum is never read.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector128<short> Row(uint bucket) =>
            Vector128.WidenLower(Vector64.LoadUnsafe(ref _weights, (bucket >> _shift) * (nuint)TextLabels.Count).AsSByte().ToVector128());
    }
}
