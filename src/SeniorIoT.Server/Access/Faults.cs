namespace SeniorIoT.Server.Access;

/// <summary>Everything wrong with a request, gathered before it is refused: field (as in the JSON, e.g. <c>contacts[0].phone</c>) and remedy.</summary>
internal sealed class Faults
{
    private readonly Dictionary<string, List<string>> _faults = [];

    /// <summary>Whether something is wrong.</summary>
    public bool Any => _faults.Count > 0;

    /// <summary>Each fault on its own, in the order found.</summary>
    public IEnumerable<(string Field, string Problem)> All => _faults.SelectMany(pair => pair.Value.Select(problem => (pair.Key, problem)));

    /// <summary>Adds a fault.</summary>
    public void Add(string field, string problem)
    {
        if (!_faults.TryGetValue(field, out var problems)) _faults[field] = problems = [];
        problems.Add(problem);
    }

    /// <summary>Checks a text: present when required, within its length, without control characters.</summary>
    public void CheckText(string field, string? value, int lengthMax, bool isRequired = true)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            if (isRequired) Add(field, $"Is required: 1 to {lengthMax} characters.");
        }
        else if (value.Length > lengthMax)
        {
            Add(field, $"Has {value.Length} characters; shorten it to {lengthMax}.");
        }
        else if (value.Any(char.IsControl))
        {
            Add(field, "Holds a line break or another control character; remove it.");
        }
    }

    /// <summary>Checks an id of a household or a device.</summary>
    public void CheckId(string field, string? value)
    {
        if (value is null or "" || value.Length > 64 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            Add(field, "Must be 1 to 64 of the characters A-Z, a-z, 0-9, _ and -.");
        else if (value == Proof.ProbeHome.DeviceId)
            Add(field, "Is the id of the server's own button. Choose another.");
    }

    /// <summary>The 400 that lists them all.</summary>
    public IResult ToResult() => TypedResults.ValidationProblem(
        _faults.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()),
        detail: "Correct the fields named in errors and send the request again.");

    /// <summary>The 404 that says them all: what the path names is not there.</summary>
    public IResult ToNotFound() => TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: string.Join(' ', All.Select(fault => fault.Problem)));
}

/// <summary>Refusals a person can meet, as problem details.</summary>
internal static class Refusals
{
    /// <summary>404: it does not exist, or lies outside the area of whoever asks; the two look the same.</summary>
    public static IResult NotFound(string what, string id) => TypedResults.Problem(
        statusCode: StatusCodes.Status404NotFound, detail: $"There is no {what} {id} in your area. Check the id in the list.");

    /// <summary>409 with the remedy, and what a program may want to know of it.</summary>
    public static IResult Conflict(string detail, IDictionary<string, object?>? more = null) =>
        TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, detail: detail, extensions: more);
}
