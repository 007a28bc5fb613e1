namespace Moderation.TextClassify.Training;

/// <summary>Learns a weight for each bucket and label, and a bias a label.</summary>
internal interface IWeightTrainer
{
    /// <summary>Runs the epochs, in a seeded order; progress goes from 0 to 1.</summary>
    void Fit(Example[] examples, IProgress<double>? progress, CancellationToken cancellation);

    /// <summary>One weight for each bucket and label, bucket by bucket, and the biases, as the model's scores add them up.</summary>
    (float[] Weights, float[] Bias) Folded();
}
