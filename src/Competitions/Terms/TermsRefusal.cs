namespace Coordinator.Competitions;

/// <summary>One thing that is wrong with proposed terms.</summary>
/// <param name="Field">The member of the create body it is about.</param>
/// <param name="Detail">What is wrong, with the numbers.</param>
public sealed record TermsRefusal(string Field, string Detail);
