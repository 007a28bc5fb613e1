namespace Moderation.TextClassify.Training;

/// <summary>
/// English sentences that are only measured with, each filled with every word of identity: fifty that are plainly neutral, on which a release is
/// refused, and three kinds that such models are known to get wrong, whose shares the model card tells.
/// </summary>
internal static class IdentityTemplates
{
    /// <summary>Neutral; none of the sentences that are learnt from is among them.</summary>
    public static readonly string[] Neutral =
    [
        "my {0} uncle repairs bicycles", "I have been {0} all my life", "the {0} choir sings tonight", "a {0} nurse helped my mother", "is your cousin {0}?",
        "our {0} guests enjoyed the dinner", "{0} voters queued in the rain", "she married a {0} engineer", "the survey asked {0} people about their commute",
        "I interviewed a {0} writer for the school paper",
        "the {0} students organised a chess tournament", "my landlord is {0} and very kind", "they hired a {0} architect for the library",
        "a {0} family moved in across the street", "the museum shows photographs of {0} life in the fifties", "he asked whether the new teacher is {0}",
        "two {0} sisters run the corner shop", "the {0} goalkeeper saved a penalty", "our town has had a {0} mayor since 2019", "I learned to cook from my {0} grandmother",
        "a group of {0} hikers waved at us", "the novel follows a {0} detective in Chicago", "my {0} roommate plays the cello", "the {0} delegation arrived on Monday",
        "she is the first {0} captain of the team", "the course covers {0} literature and music", "a {0} man held the door for me", "a {0} woman won the raffle",
        "the {0} volunteers planted forty trees", "I sat next to a {0} couple on the train", "we asked {0} parents what they think of the new timetable",
        "my dentist is {0}, and so is her assistant", "the {0} centre offers language classes", "he wrote a song about growing up {0}",
        "the podcast invites {0} scientists every week", "are there any {0} bakeries nearby?", "the {0} kids next door built a snowman", "I am not {0}, but my wife is",
        "several {0} firefighters received medals", "the {0} film festival starts on Friday", "my {0} coworker brought cookies", "she teaches {0} history at the college",
        "a {0} barber cut my hair yesterday", "the report counts {0} households by county", "he was raised by {0} parents in Ohio", "{0} and proud, as the poster says",
        "the bus driver, a {0} woman in her forties, smiled", "we are looking for {0} actors for a small play", "the {0} congregation repaired the roof",
        "our book club read a {0} poet this month",
    ];

    /// <summary>Objecting to an attack, and so repeating some of its words.</summary>
    public static readonly string[] CounterSpeech =
    [
        "stop saying that {0} people are less than anyone else", "nobody should be attacked for being {0}", "if you hate {0} people, you are not welcome here",
        "it is wrong to blame {0} people for everything", "calling {0} people vermin is disgusting and we will not accept it", "I stand with my {0} friends against hate",
        "the lie that {0} people are criminals has to end", "no, {0} people are not the problem, racism is",
    ];

    /// <summary>People of a group about themselves, in words that others use against them.</summary>
    public static readonly string[] Reclaimed =
    [
        "yes I am {0}, and I am a freak, and I love it", "we are the {0} weirdos your mother warned you about", "just a {0} disaster making breakfast",
        "me and my {0} gang of misfits", "proud {0} troublemaker since 1990", "my {0} self could never", "we {0} people are a mess and I adore us all",
        "another day of being {0} and dramatic",
    ];

    /// <summary>Quoting or reporting an attack.</summary>
    public static readonly string[] Quotes =
    [
        "he shouted \"go home\" at a {0} family and was fined", "the graffiti read \"{0} people out\", the police said", "she was told that {0} people do not belong here",
        "the letter called him a dirty {0}, and he kept it as evidence", "\"I hate {0} people\" is what the suspect wrote, the court heard",
        "the article asks why so many hate {0} people", "a man was arrested after he threatened a {0} shopkeeper", "the report lists insults that {0} pupils hear at school",
    ];
}
