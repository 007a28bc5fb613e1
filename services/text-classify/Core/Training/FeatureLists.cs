using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>The buckets of one text, reused from text to text.</summary>
/// <param name="bucketBits">How many of the hasher's bits a bucket has.</param>
internal sealed class FeatureLists(int bucketBits)
{
    private readonly int _shift = FeatureHasher.BucketBits - bucketBits;
    private uint[] _words = new uint[1024];
    private uint[] _grams = new uint[4096];

    public int WordCount { get; private set; }

    public int GramCount { get; private set; }

    public ReadOnlySpan<uint> Words => _words.AsSpan(0, WordCount);

    public ReadOnlySpan<uint> Grams => _grams.AsSpan(0, GramCount);

    /// <summary>Replaces the lists with the features of a text.</summary>
    public void Fill(ReadOnlySpan<char> text)
    {
        WordCount = GramCount = 0;
        var sink = new Sink(this);
        FeatureHasher.Visit(text, ref sink);
    }

    /// <summary>Leaves out each feature with the given probability, from 16-bit draws.</summary>
    public void Drop(float probability, ref SeededRandom random)
    {
        if (probability <= 0) return;
        var threshold = (ulong)(probability * 65536);
        WordCount = Drop(_words, WordCount, threshold, ref random);
        GramCount = Drop(_grams, GramCount, threshold, ref random);
    }

    private static int Drop(uint[] buckets, int count, ulong threshold, ref SeededRandom random)
    {
        var kept = 0;
        ulong bits = 0;
        for (var i = 0; i < count; i++)
        {
            if ((i & 3) == 0) bits = random.Next();
            if ((bits & 0xFFFF) >= threshold) buckets[kept++] = buckets[i];
            bits >>= 16;
        }
        return kept;
    }

    private readonly struct Sink(FeatureLists lists) : IFeatureSink
    {
        public void Word(uint bucket, int start, int end)
        {
            if (lists.WordCount == lists._words.Length) Array.Resize(ref lists._words, lists.WordCount * 2);
            lists._words[lists.WordCount++] = bucket >> lists._shift;
        }

        public void Gram(uint bucket, int start, int end)
        {
            if (lists.GramCount == lists._grams.Length) Array.Resize(ref lists._grams, lists.GramCount * 2);
            lists._grams[lists.GramCount++] = bucket >> lists._shift;
        }
    }
}
