namespace Moderation.TextClassify.Host.Models;

/// <summary>Which models to serve.</summary>
internal sealed class TextModelOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "TextModel";

    /// <summary>
    /// Folder with model.bin and manifest.json of the moderation model that is live until somebody switches; relative to the program's own. The
    /// service does not start without it.
    /// </summary>
    public string Directory { get; set; } = "Models/moderation-text-v1";

    /// <summary>The same of the attribute model, which only the drop-in endpoints use.</summary>
    public string AttributesDirectory { get; set; } = "Models/moderation-attributes-v1";

    /// <summary>A folder each of whose folders holds a further model, hashed or ONNX; empty: there are none. Looked into again when a model is named.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Texts that may wait for shadows; beyond it they are dropped and counted.</summary>
    public int ShadowQueue { get; set; } = 1024;

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Problem() =>
        Directory.Length == 0 ? "TextModel:Directory is empty: give the folder that holds model.bin and manifest.json."
        : AttributesDirectory.Length == 0 ? "TextModel:AttributesDirectory is empty: give the folder that holds model.bin and manifest.json."
        : ShadowQueue is < 1 or > 100_000 ? $"TextModel:ShadowQueue is {ShadowQueue}; it must be 1..100000."
        : null;
}
