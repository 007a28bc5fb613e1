using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>Turns float weights into signed bytes with a scale for each label.</summary>
internal static class Quantizer
{
    /// <summary>Weights beyond this share of the non-zero ones are clipped: a few outliers would cost all others precision.</summary>
    private const double Kept = 0.9999;

    public static (byte[] Bytes, float[] Scales) Quantize(float[] weights)
    {
        var bytes = new byte[weights.Length + 8];
        var scales = new float[TextLabels.Count];
        for (var label = 0; label < TextLabels.Count; label++)
        {
            var sizes = new List<float>(FeatureHasher.Buckets);
            for (var i = label; i < weights.Length; i += TextLabels.Count)
                if (weights[i] != 0) sizes.Add(Math.Abs(weights[i]));
            sizes.Sort();
            var limit = sizes.Count == 0 ? 1 : sizes[(int)(Kept * (sizes.Count - 1))];
            scales[label] = limit / 127;
            for (var i = label; i < weights.Length; i += TextLabels.Count)
                bytes[i] = (byte)(sbyte)Math.Clamp(MathF.Round(weights[i] / scales[label]), -127, 127);
        }
        return (bytes, scales);
    }
}
