using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Storms;

/// <summary>What an incident's fields mean, in the words of the queue.</summary>
public static class IncidentWords
{
    extension(Incident incident)
    {
        /// <summary>Not over.</summary>
        public bool IsOpen => incident.State == "open";

        /// <summary>What is the trouble: its family, or the one rule.</summary>
        public string What(Wording words) => words.Has($"family.{incident.Family}") ? words[$"family.{incident.Family}"] : words.Name("rule", incident.Family);

        /// <summary>Where: the building, the gateway, the sub-district, or everywhere.</summary>
        public string Where(Wording words) => words.Say($"scope.{incident.Scope}", incident.Place);

        /// <summary>How many homes it is about.</summary>
        public string HowMany(Wording words) => incident.Standing is { } standing && incident.IsOpen && standing < incident.Homes
            ? words.Say("incident.standing", standing, incident.Homes)
            : words.Say("incident.homes", incident.Homes);
    }

    /// <summary>As what an incident may end, in the order the console shows: nobody is in hospital where a building is meant.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = [Api.Outcomes.Safe, Api.Outcomes.Leak, Api.Outcomes.DeviceFault, Api.Outcomes.FalseAlarm, Api.Outcomes.Test, Api.Outcomes.Other];
}
