// The door of the scenarios: failure stories, each with its naive way and its right way.
export {};
