namespace Moderation.TextClassify.Host.Models;

/// <summary>Which models to serve.</summary>
internal sealed class TextModelOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "TextModel";

    /// <summary>Folder with model.bin and manifest.json of the moderation model; relative to the program's own.</summary>
    public string Directory { get; set; } = "Models/moderation-text-v1";

    /// <summary>The same of the attribute model, which only the drop-in endpoints use.</summary>
    public string AttributesDirectory { get; set; } = "Models/moderation-attributes-v1";
}
