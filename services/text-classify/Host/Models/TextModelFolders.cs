using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.TextClassify.Host.Onnx;

namespace Moderation.TextClassify.Host.Models;

/// <summary>A model as it lies in a folder.</summary>
/// <param name="ModelId">The folder's name.</param>
/// <param name="Path">The folder.</param>
/// <param name="Kind">How the model is made; unspecified where the folder has neither model.bin nor model.onnx.</param>
internal sealed record TextModelFolder(string ModelId, string Path, TextModelKind Kind);

/// <summary>The folders in which models lie: the one of the setting, and those in the folder of further models.</summary>
internal sealed class TextModelFolders(IOptions<TextModelOptions> options, TimeProvider time, ILogger<TextModelFolders> logger)
{
    private const int MaxModelId = 128;

    /// <summary>The model that is live until somebody switches.</summary>
    public string DefaultId { get; } = IdOf(Path.Combine(AppContext.BaseDirectory, options.Value.Directory));

    /// <summary>Whether two folders have the same name, and which.</summary>
    public string? Problem() => Further().FirstOrDefault(p => IdOf(p) == DefaultId) is { } twice
        ? $"TextModel:Folder: {twice} has the name of the folder of TextModel:Directory; give it another, since a model is known by its folder's name."
        : null;

    /// <summary>All of them by model id. A folder whose name can't be a model id is left out.</summary>
    public IReadOnlyList<TextModelFolder> Find() =>
    [
        .. Further().Where(p => IdOf(p) != DefaultId).Append(Path.Combine(AppContext.BaseDirectory, options.Value.Directory))
            .Select(p => new TextModelFolder(IdOf(p), p, KindOf(p)))
            .Where(f => f.ModelId.Length <= MaxModelId && f.ModelId.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-') && f.ModelId[0] != '.')
            .OrderBy(f => f.ModelId, StringComparer.Ordinal),
    ];

    /// <summary>One of them; null where there is none.</summary>
    public TextModelFolder? Find(string modelId) => Find().FirstOrDefault(f => f.ModelId == modelId);

    /// <summary>The version of a model as its folder says it, without loading the model.</summary>
    /// <exception cref="InvalidDataException">The folder is not what it should be.</exception>
    public static async Task<string> ReadVersionAsync(TextModelFolder folder, CancellationToken cancellationToken) => folder.Kind switch
    {
        TextModelKind.Hashed => (await ModelFolder.ReadManifestAsync(folder.ModelId, folder.Path, cancellationToken)).ToString(),
        TextModelKind.Onnx => (await OnnxModelFolder.ReadAsync(folder.Path, cancellationToken)).Version,
        _ => throw NoModel(folder),
    };

    /// <summary>Loads a model.</summary>
    /// <exception cref="InvalidDataException">The folder is not what it should be: the message names the file, and the field in it.</exception>
    public async Task<IServedTextModel> LoadAsync(TextModelFolder folder, CancellationToken cancellationToken) => folder.Kind switch
    {
        TextModelKind.Hashed => new HashedTextModel(folder.ModelId, await ModelFolder.LoadAsync(folder.ModelId, folder.Path, cancellationToken)),
        TextModelKind.Onnx => await OnnxTextModel.LoadAsync(folder.ModelId, folder.Path, time, logger, cancellationToken),
        _ => throw NoModel(folder),
    };

    private static InvalidDataException NoModel(TextModelFolder folder) => new($"{folder.ModelId}: {folder.Path} has neither model.bin nor model.onnx.");

    private static string IdOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    private static TextModelKind KindOf(string path) =>
        File.Exists(Path.Combine(path, OnnxModelFolder.ModelFile)) ? TextModelKind.Onnx
        : File.Exists(Path.Combine(path, ModelFolder.ModelFile)) ? TextModelKind.Hashed
        : TextModelKind.Unspecified;

    private IEnumerable<string> Further()
    {
        if (options.Value.Folder.Length == 0) return [];
        var folder = Path.Combine(AppContext.BaseDirectory, options.Value.Folder);
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];
    }
}
