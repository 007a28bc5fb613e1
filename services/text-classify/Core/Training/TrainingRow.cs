using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>Which part of the data a row belongs to.</summary>
public enum DataPart
{
    /// <summary>Weights are fitted on it.</summary>
    Train,

    /// <summary>Choices (rates, sizes, thresholds) are made on it.</summary>
    Dev,

    /// <summary>Probabilities are calibrated on it.</summary>
    Calibration,

    /// <summary>Figures are reported on it, and nothing else.</summary>
    Test,
}

/// <summary>One labelled text.</summary>
/// <param name="Source">Name of the data set.</param>
/// <param name="Part">Given part; the recipe may carve others out of Train.</param>
/// <param name="Language">Language code as given by the source.</param>
/// <param name="Positive">Bit i: label i holds.</param>
/// <param name="Known">Bit i: the source annotated label i for this row. Others are neither positive nor negative.</param>
/// <param name="Text">The text as published.</param>
public sealed record TrainingRow(string Source, DataPart Part, string Language, byte Positive, byte Known, string Text)
{
    /// <summary>The source's own labels, as it writes them; empty where it has none.</summary>
    public string Auxiliary { get; init; } = "";

    /// <summary>Whether the label was annotated.</summary>
    public bool Knows(TextLabel label) => (Known >> (int)label & 1) != 0;

    /// <summary>Whether the label holds.</summary>
    public bool Has(TextLabel label) => (Positive >> (int)label & 1) != 0;
}
