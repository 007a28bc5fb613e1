namespace Moderation.TextClassify.Training;

/// <summary>Data sets that are not learnt from or measured with whatever their licence, because their labels are wrong.</summary>
public static class UnfitSources
{
    /// <summary>Why a source is left out, or null where it is fit.</summary>
    /// <param name="source">Name of the data set.</param>
    public static string? Reason(string source) => source switch
    {
        "smishing_mendeley" => "its labels do not belong to its texts: prize draws are marked clean and small talk is marked spam, at the rate of chance",
        _ => null,
    };
}
