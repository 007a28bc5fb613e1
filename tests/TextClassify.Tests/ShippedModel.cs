using Moderation.Testing;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Tests;

/// <summary>The model that lies in the repository.</summary>
internal static class ShippedModel
{
    private static readonly Lazy<byte[]> LazyFile = new(() => System.IO.File.ReadAllBytes(
        Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1", "model.bin")));

    private static readonly Lazy<TextModel> LazyModel = new(() => TextModel.Load(LazyFile.Value));

    private static readonly Lazy<TextModel> LazyAttributes = new(() => TextModel.Load(System.IO.File.ReadAllBytes(
        Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-attributes-v1", "model.bin"))));

    /// <summary>The attribute model beside it.</summary>
    public static TextModel Attributes => LazyAttributes.Value;

    public static byte[] File => LazyFile.Value;

    public static TextModel Model => LazyModel.Value;
}
