namespace Moderation.TextClassify.Models;

/// <summary>What each word of a text adds to a label's raw score. The parts add up to the score less its bias.</summary>
internal static class Explanation
{
    /// <summary>A word of the normalised text and its part in the score.</summary>
    public readonly record struct Word(int Start, int Length, float Contribution);

    /// <summary>The words that raise the score, in the order of the text.</summary>
    public static List<Word> Words(TextModel model, ReadOnlySpan<char> text, TextLabel label)
    {
        var counter = default(Counter);
        FeatureHasher.Visit(text, ref counter);
        var spread = new Spread(
            model, (int)label, new float[text.Length],
            counter.Words > 0 ? 1 / MathF.Sqrt(counter.Words) : 0, counter.Grams > 0 ? 1 / MathF.Sqrt(counter.Grams) : 0);
        FeatureHasher.Visit(text, ref spread);
        var words = new List<Word>();
        for (var i = 0; i < text.Length;)
        {
            var end = FeatureHasher.WordEnd(text, i);
            if (end == i)
            {
                i++;
                continue;
            }
            var sum = 0f;
            for (var j = i; j < end; j++) sum += spread.ByUnit[j];
            if (sum > 0) words.Add(new Word(i, end - i, sum));
            i = end;
        }
        return words;
    }

    private struct Counter : IFeatureSink
    {
        public int Words;
        public int Grams;

        public void Word(uint bucket, int start, int end) => Words++;

        public void Gram(uint bucket, int start, int end) => Grams++;
    }

    /// <summary>Shares each feature's weight out evenly over the units it covers.</summary>
    private readonly struct Spread(TextModel model, int label, float[] byUnit, float wordFactor, float gramFactor) : IFeatureSink
    {
        public float[] ByUnit => byUnit;

        public void Word(uint bucket, int start, int end) => Add(bucket, start, end, wordFactor);

        public void Gram(uint bucket, int start, int end) => Add(bucket, start, end, gramFactor);

        private void Add(uint bucket, int start, int end, float factor)
        {
            if (end <= start) return;
            var share = model.Weight(bucket, label) * factor / (end - start);
            for (var i = start; i < end; i++) byUnit[i] += share;
        }
    }
}
