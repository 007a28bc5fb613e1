namespace Moderation.TextClassify.Training;

/// <summary>Average precision of one label on the test part of one source.</summary>
/// <param name="Source">Data set.</param>
/// <param name="Label">Label.</param>
/// <param name="Positives">Test rows that have the label.</param>
/// <param name="Negatives">Test rows known not to have it.</param>
/// <param name="AveragePrecision">0 to 1; compare with the share of positives, which is what chance gives.</param>
public sealed record PairFigure(string Source, string Label, int Positives, int Negatives, double AveragePrecision);

/// <summary>Figures of one label over all test rows that know it.</summary>
/// <param name="Label">Label.</param>
/// <param name="Positives">Test rows that have the label.</param>
/// <param name="Negatives">Test rows known not to have it.</param>
/// <param name="CalibrationError">Expected calibration error over 15 bins, 0 to 1; null where no row knows the label.</param>
/// <param name="Threshold">Probability with the best F1 on the development part; a starting point, not a policy.</param>
/// <param name="Precision">At the threshold, on test.</param>
/// <param name="Recall">At the threshold, on test.</param>
/// <param name="F1">At the threshold, on test.</param>
/// <param name="IdentityFalsePositives">Share of neutral sentences with identity words, unseen in training, at or above the threshold.</param>
/// <param name="NewsFalsePositives">The same of sentences that report on armed groups.</param>
/// <param name="CriticismFalsePositives">The same of sentences that criticise the powerful.</param>
/// <param name="EverydayFalsePositives">The same of everyday talk in Arabic, French and Spanish.</param>
public sealed record LabelFigure(
    string Label, int Positives, int Negatives, double? CalibrationError, double Threshold, double Precision, double Recall, double F1,
    double IdentityFalsePositives, double NewsFalsePositives, double CriticismFalsePositives, double EverydayFalsePositives);

/// <summary>Figures of one label over the held-out families of our own writing; shares are of texts at or above a probability of .5.</summary>
/// <param name="Language">Language, or "all".</param>
/// <param name="Label">Label.</param>
/// <param name="Positives">Test texts that have the label.</param>
/// <param name="Negatives">Test texts known not to have it: harmless ones, and those of other harms.</param>
/// <param name="AveragePrecision">0 to 1.</param>
/// <param name="Recall">Share of the positives.</param>
/// <param name="FalsePositives">Share of the negatives.</param>
public sealed record OwnWritingFigure(
    string Language, string Label, int Positives, int Negatives, double AveragePrecision, double Recall, double FalsePositives);

/// <summary>How often harmless sentences of one kind are flagged at a label's threshold.</summary>
/// <param name="Kind">Kind of sentence, as in <c>NeutralSentences</c>.</param>
/// <param name="Language">Language.</param>
/// <param name="Term">The word of identity, or the office, that the sentences were filled with; "all" over all of them.</param>
/// <param name="Texts">Sentences.</param>
/// <param name="Label">The label that flags most of them.</param>
/// <param name="Flagged">Share of the sentences that it flags.</param>
public sealed record HarmlessFigure(string Kind, string Language, string Term, int Texts, string Label, double Flagged);

/// <summary>Expected calibration error of one label over some texts.</summary>
/// <param name="Part">"calibration" or "test".</param>
/// <param name="Group">"all", a source or a language.</param>
/// <param name="Label">Label.</param>
/// <param name="Texts">Texts that know the label.</param>
/// <param name="Error">0 to 1.</param>
public sealed record CalibrationFigure(string Part, string Group, string Label, int Texts, double Error);

/// <summary>Rows of one source in each part, after the split recipe.</summary>
/// <param name="Source">Data set.</param>
/// <param name="Train">Rows that weights were fitted on.</param>
/// <param name="Dev">Rows that choices were made on.</param>
/// <param name="Calibration">Rows that probabilities were calibrated on.</param>
/// <param name="Test">Rows that figures are reported on.</param>
/// <param name="LeftOut">Train rows that nearly equal a given dev or test row.</param>
public sealed record SourceRows(string Source, int Train, int Dev, int Calibration, int Test, int LeftOut);

/// <summary>What a training run found.</summary>
/// <param name="Seed">Seed of the split, the order, the dropout and the perturbed copies.</param>
/// <param name="MeanAveragePrecision">Over the pairs.</param>
/// <param name="DevMeanAveragePrecision">The same on the development part, on which the trainer's rates were chosen.</param>
/// <param name="Pairs">Pairs of source and label with at least 30 test rows of either kind.</param>
/// <param name="Labels">One row a label.</param>
/// <param name="Sources">One row a source, in order of name.</param>
/// <param name="Robustness">Mean average precision over the English pairs when test texts are perturbed, by kind; "clean" beside them.</param>
/// <param name="Competence">Labels that the model may judge in each language: those with at least 80 harmful and 200 harmless training texts.</param>
/// <param name="OwnWriting">Figures on the held-out families of our own writing.</param>
/// <param name="Harmless">Harmless sentences that are flagged, by kind, language and term: false positives by group of people.</param>
/// <param name="Calibration">Calibration errors: over the calibration part, and of test texts by source and by language.</param>
/// <param name="Objections">Why the model is not fit for release; empty where it is.</param>
public sealed record TrainingReport(
    ulong Seed, double MeanAveragePrecision, double DevMeanAveragePrecision, IReadOnlyList<PairFigure> Pairs, IReadOnlyList<LabelFigure> Labels,
    IReadOnlyList<SourceRows> Sources, IReadOnlyDictionary<string, double> Robustness,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Competence, IReadOnlyList<OwnWritingFigure> OwnWriting,
    IReadOnlyList<HarmlessFigure> Harmless, IReadOnlyList<CalibrationFigure> Calibration, IReadOnlyList<string> Objections);

/// <summary>A trained model and what is known of it.</summary>
/// <param name="ModelFile">The bytes of the model file.</param>
/// <param name="Report">Figures.</param>
public sealed record TrainingResult(byte[] ModelFile, TrainingReport Report);

/// <summary>Where a run stands.</summary>
/// <param name="Step">What is being done, for people.</param>
/// <param name="Share">0 to 1 of the step.</param>
public readonly record struct TrainingProgress(string Step, double Share);
