namespace Moderation.TextClassify.Host.Models;

/// <summary>Which model to serve.</summary>
internal sealed class TextModelOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "TextModel";

    /// <summary>Folder with model.bin and manifest.json; relative to the program's own.</summary>
    public string Directory { get; set; } = "Models/moderation-text-v1";
}
