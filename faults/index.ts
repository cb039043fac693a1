// The door of the faults: everything that can go wrong, by name.
export {};
