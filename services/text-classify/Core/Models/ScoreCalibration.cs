namespace Moderation.TextClassify.Models;

/// <summary>
/// Maps a label's raw score to a probability: a strictly increasing line through knots, in the log-odds domain, so that
/// calibration never changes an order. Outside the knots the outer segments go on, up to the last knots' odds times e.
/// </summary>
internal sealed class ScoreCalibration
{
    private readonly float[] _scores;
    private readonly float[] _logOdds;

    /// <param name="scores">Raw scores of the knots, strictly increasing, 2 to 64.</param>
    /// <param name="logOdds">Log-odds of the probabilities at the knots, strictly increasing.</param>
    /// <exception cref="ArgumentException">The knots are too few, too many or not strictly increasing.</exception>
    public ScoreCalibration(float[] scores, float[] logOdds)
    {
        if (scores.Length != logOdds.Length || scores.Length is < 2 or > 64) throw new ArgumentException("A calibration needs 2 to 64 knots.");
        for (var i = 1; i < scores.Length; i++)
            if (!(scores[i] > scores[i - 1] && logOdds[i] > logOdds[i - 1])) throw new ArgumentException($"Calibration knot {i} does not increase.");
        _scores = scores;
        _logOdds = logOdds;
    }

    public ReadOnlySpan<float> Scores => _scores;

    public ReadOnlySpan<float> LogOdds => _logOdds;

    /// <summary>The probability, 0 to 1, that the label holds for a text of this raw score.</summary>
    public float Probability(float score)
    {
        var upper = 1;
        while (upper < _scores.Length - 1 && score > _scores[upper]) upper++;
        float x0 = _scores[upper - 1], x1 = _scores[upper], y0 = _logOdds[upper - 1], y1 = _logOdds[upper];
        var odds = Math.Clamp(y0 + (score - x0) / (x1 - x0) * (y1 - y0), _logOdds[0] - 1, _logOdds[^1] + 1);
        return 1 / (1 + MathF.Exp(-odds));
    }
}
