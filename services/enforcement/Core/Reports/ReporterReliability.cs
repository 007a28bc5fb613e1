namespace Moderation.Enforcement;

/// <summary>
/// How often a reporter's decided reports led to a measure: (acted + 2) / (decided + 4), the mean of a Beta distribution with the prior
/// Beta(2, 2). A newcomer is neither believed nor doubted. The formula is published in the contract (ReportService).
/// </summary>
/// <param name="Acted">Decided reports that led to a measure, 0..<paramref name="Decided"/>.</param>
/// <param name="Decided">Decided reports, 0..<see cref="Window"/>.</param>
public readonly record struct ReporterReliability(int Acted, int Decided)
{
    /// <summary>How many of a reporter's latest decided reports count: who betters their ways is believed again.</summary>
    public const int Window = 200;

    private const int PriorActed = 2;
    private const int PriorDecided = 4;
    private const int EnoughToDoubt = 20;
    private const double Doubtful = 0.1;

    /// <summary>0..1; 0.5 of someone unknown.</summary>
    public double Value => (double)(Acted + PriorActed) / (Decided + PriorDecided);

    /// <summary>Many reports, and hardly any of them led to anything: they wait longer, and are looked at all the same.</summary>
    public bool IsAbusive => Decided >= EnoughToDoubt && Value < Doubtful;
}
