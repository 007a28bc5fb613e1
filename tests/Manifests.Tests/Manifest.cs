using k8s;
using k8s.Models;

namespace Moderation.Manifests.Tests;

/// <summary>The objects of one render, each loaded strictly: an unknown field or a wrong type throws.</summary>
internal sealed class Manifest(string yaml)
{
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; } =
        [.. KubernetesYaml.LoadAllFromString(yaml, null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];

    public IReadOnlyList<T> All<T>() => [.. Objects.OfType<T>()];

    public T Named<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> =>
        All<T>().SingleOrDefault(item => item.Metadata.Name == name)
            ?? throw new InvalidOperationException($"the render has no {typeof(T).Name} named {name}");

    /// <summary>Every pod of the render, with the labels it will have: those of workloads, and bare ones.</summary>
    public IReadOnlyList<(string Name, IDictionary<string, string> Labels, V1PodSpec Spec)> Pods =>
    [
        .. All<V1Deployment>().Select(item => (item.Metadata.Name, item.Spec.Template.Metadata.Labels, item.Spec.Template.Spec)),
        .. All<V1StatefulSet>().Select(item => (item.Metadata.Name, item.Spec.Template.Metadata.Labels, item.Spec.Template.Spec)),
        .. All<V1Pod>().Select(item => (item.Metadata.Name, item.Metadata.Labels, item.Spec)),
    ];

    public static bool Matches(IDictionary<string, string>? selector, IDictionary<string, string> labels) =>
        (selector ?? new Dictionary<string, string>()).All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
