namespace Moderation.TextClassify.Training;

/// <summary>One step of a fit.</summary>
/// <param name="index">Which example.</param>
/// <param name="decay">The share of the fit that is left, from 1 down to 0; rates are multiplied by it.</param>
/// <param name="random">The fit's own.</param>
internal delegate void TrainingStep(int index, float decay, ref SeededRandom random);

/// <summary>The order in which a fit sees its examples: all of them in each epoch, shuffled, the same for a seed. One thread.</summary>
internal static class SeededEpochs
{
    /// <summary>Runs the epochs; progress goes from 0 to 1.</summary>
    public static void Run(int examples, int epochs, ulong seed, TrainingStep step, IProgress<double>? progress, CancellationToken cancellation)
    {
        var order = Enumerable.Range(0, examples).ToArray();
        var random = new SeededRandom(seed ^ 0x5DEECE66DUL);
        var steps = (double)examples * epochs;
        var done = 0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order.AsSpan());
            foreach (var index in order)
            {
                if ((done & 0xFFF) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress?.Report(done / steps);
                }
                step(index, (float)(1 - done / steps), ref random);
                done++;
            }
        }
        progress?.Report(1);
    }
}
